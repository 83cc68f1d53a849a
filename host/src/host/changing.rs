//! Changes of the configuration that come over HTTP: they are written into its files, with everything else of them
//! kept, and serve from then on.

use std::path::{Path, PathBuf};

use super::running::{Reloaded, Running, blocking, digest};
use super::{Host, warnings};
use crate::config::{Config, ConfigError, Edit, Setting};
use crate::problem::Problem;
use crate::prompt::{Broken, Template};

/// A change, shown or made.
#[derive(Debug)]
pub struct Changed {
    /// What it does to the files.
    pub diff: String,
    /// Tells the file as it is now from others, for [`ChangeMode::if_digest`].
    pub digest: String,
    /// `None` where it was only shown.
    pub reloaded: Option<Reloaded>,
    /// What works with it and will surprise.
    pub warnings: Vec<Problem>,
}

impl Changed {
    fn made(diff: String, digest: String, reloaded: Reloaded) -> Self {
        let warnings = reloaded.warnings.clone();
        Self { diff, digest, reloaded: Some(reloaded), warnings }
    }
}

impl Host {
    /// What is warned of where an app has this template.
    fn warnings_with(&self, app: &str, template: &Template) -> Vec<Problem> {
        let roles = self.plugins.iter().map(|(name, plugin)| (name.clone(), plugin.role())).collect();
        let key = format!("apps.{app}.prompt");
        let mut found: Vec<Problem> =
            self.warnings.iter().filter(|warning| warning.key != key).cloned().collect();
        if let Some(settings) = self.config.apps.get(app) {
            found.extend(warnings::of_app(&self.config, &roles, (app, settings), template));
        }
        self.config.placed(found)
    }
}

/// Whether a change is made.
#[derive(Debug, Clone, Default)]
pub struct ChangeMode {
    /// The change is only shown and not made.
    pub dry_run: bool,
    /// What the file must be, as it was when whoever changes it has read it.
    pub if_digest: Option<String>,
}

/// Why a change is not made. Nothing of it is left.
#[derive(Debug)]
pub enum ChangeRefused {
    /// The file is not what whoever changes it has read.
    OtherFile(PathBuf),
    /// The file cannot be changed so.
    Unchangeable(String),
    /// The file cannot be written.
    Unwritten(String),
    /// The configuration could not serve with it.
    Configuration(ConfigError),
    /// The template is wrong.
    Template(Broken),
}

impl From<ConfigError> for ChangeRefused {
    fn from(error: ConfigError) -> Self {
        Self::Configuration(error)
    }
}

impl Running {
    /// Changes keys of a knowledge base's table; a key without a value goes back to its default.
    pub async fn change_base(
        &self,
        base: &str,
        values: Vec<(&'static str, Option<toml_edit::Value>)>,
        how: &ChangeMode,
    ) -> Result<Changed, ChangeRefused> {
        let _turn = self.turn.lock().await;
        let (path, base) = (self.path().to_owned(), base.to_owned());
        let edit = blocking(move || {
            let setting = |(key, value)| Setting { table: "knowledge", name: &base, key, value };
            Edit::settings(&path, &values.into_iter().map(setting).collect::<Vec<_>>())
        });
        let edit = edit.await.map_err(ChangeRefused::Unchangeable)?;
        expect(how, self.path(), edit.before().unwrap_or_default())?;
        let (config, problems) = Config::read_text(edit.after().as_bytes(), self.path());
        let diff = edit.lines();
        if how.dry_run {
            if !problems.is_empty() {
                return Err(config.refusal(problems).into());
            }
            let digest = digest(edit.before().unwrap_or_default());
            // None of these keys changes what is warned of.
            let warnings = self.now().warnings.clone();
            return Ok(Changed { diff, digest, reloaded: None, warnings });
        }
        let next = self.load(config, problems).await?;
        let digest = digest(edit.after());
        blocking(move || edit.write()).await.map_err(ChangeRefused::Unwritten)?;
        Ok(Changed::made(diff, digest, self.serve(next)))
    }

    /// Gives an app another template: its file another text, or a file of its own where it has the built-in one.
    /// `None` where there is no such app.
    pub async fn change_prompt(
        &self,
        app: &str,
        text: &str,
        how: &ChangeMode,
    ) -> Option<Result<Changed, ChangeRefused>> {
        let _turn = self.turn.lock().await;
        let host = self.now();
        let (settings, serving) = (host.config.apps.get(app)?, host.apps.get(app)?);
        let built_in = serving.template().source().to_owned();
        Some(self.rewrite(app, settings.prompt.clone(), built_in, text.to_owned(), how).await)
    }

    async fn rewrite(
        &self,
        app: &str,
        prompt: Option<PathBuf>,
        built_in: String,
        text: String,
        how: &ChangeMode,
    ) -> Result<Changed, ChangeRefused> {
        let (text, template) = blocking(move || {
            let template = Template::of(&text);
            (text, template)
        })
        .await;
        let warnings = self.now().warnings_with(app, &template.map_err(ChangeRefused::Template)?);
        let is_new = prompt.is_none();
        // The file lies beside the configuration, from where relative paths are taken.
        let name = format!("prompts/{app}.md.j2");
        let path = prompt.unwrap_or_else(|| self.path().with_file_name(&name));
        let (file, config) = (path.clone(), self.path().to_owned());
        let (app, own) = (app.to_owned(), digest(&text));
        let edits = blocking(move || {
            let template = Edit::text(&file, &text)?;
            if !is_new {
                return Ok((template, None));
            }
            if template.before().is_some() {
                return Err(format!(
                    "{} is there already and is not the app's; write prompt = \"{name}\" into [apps.{app}] to take it, or \
                     move it away",
                    file.display()
                ));
            }
            let value = Some(name.as_str().into());
            let setting = Setting { table: "apps", name: &app, key: "prompt", value };
            Ok((template, Some(Edit::settings(&config, &[setting])?)))
        });
        let (template, config) = edits.await.map_err(ChangeRefused::Unchangeable)?;
        let before = template.before().unwrap_or(&built_in);
        expect(how, &path, before)?;
        let mut diff = template.diff();
        diff.extend(config.iter().map(Edit::diff));
        if how.dry_run {
            return Ok(Changed { diff, digest: digest(before), reloaded: None, warnings });
        }
        Ok(Changed::made(diff, own, self.write(template, config).await?))
    }

    /// Writes a template and, where it is new, its name into the configuration. What could not serve is taken back.
    async fn write(&self, template: Edit, config: Option<Edit>) -> Result<Reloaded, ChangeRefused> {
        let (template, written) = blocking(move || {
            let written = template.write();
            (template, written)
        })
        .await;
        written.map_err(ChangeRefused::Unwritten)?;
        let next = async {
            let (read, problems) = match &config {
                Some(config) => Config::read_text(config.after().as_bytes(), self.path()),
                None => {
                    let path = self.path().to_owned();
                    blocking(move || Config::read(&path)).await?
                }
            };
            let next = self.load(read, problems).await?;
            if let Some(config) = config {
                blocking(move || config.write()).await.map_err(ChangeRefused::Unwritten)?;
            }
            Ok::<_, ChangeRefused>(next)
        };
        match next.await {
            Ok(next) => Ok(self.serve(next)),
            Err(refused) => {
                if let Err(error) = blocking(move || template.take_back()).await {
                    tracing::error!("A template that could not serve could not be taken back: {error}");
                }
                Err(refused)
            }
        }
    }
}

fn expect(how: &ChangeMode, path: &Path, before: &str) -> Result<(), ChangeRefused> {
    match &how.if_digest {
        Some(seen) if *seen != digest(before) => Err(ChangeRefused::OtherFile(path.to_owned())),
        _ => Ok(()),
    }
}
