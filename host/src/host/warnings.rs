//! A warning is about what works and will surprise: said by `check`, over HTTP and in the log.

mod arguments;

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::config::{AnswerMode, AppSettings, Config, RouteMode};
use crate::endpoint;
use crate::plugin::{ComponentRole, literal_keys};
use crate::problem::Problem;
use crate::prompt::{Showing, Side, Template, least_tokens};

/// What plugins are for, by name, as far as it is known.
pub(super) type PluginRoles = BTreeMap<String, ComponentRole>;

/// Every warning of a configuration, as far as it could be read, with its line.
pub(super) fn of(
    config: &Config,
    roles: &PluginRoles,
    templates: &BTreeMap<String, Template>,
) -> Vec<Problem> {
    let mut found = config.in_clear_text();
    found.extend(config.surprises(SystemTime::now()));
    found.extend(literal(config));
    found.extend(config.models.iter().filter_map(|(name, model)| odd_path(name, &model.base_url)));
    found.extend(arguments::lacking(config));
    for (name, app) in &config.apps {
        let template = templates.get(name);
        found.extend(template.into_iter().flat_map(|template| of_app(config, roles, (name, app), template)));
    }
    config.placed(found)
}

/// Services by their host, each with the path that its manual gives. An empty one is right without.
const PATHS_OF_SERVICES: [(&str, &str); 7] = [
    ("api.deepseek.com", ""),
    ("api.moonshot.cn", "/v1"),
    ("api.openai.com", "/v1"),
    ("ark.cn-beijing.volces.com", "/api/v3"),
    ("dashscope.aliyuncs.com", "/compatible-mode/v1"),
    ("open.bigmodel.cn", "/api/paas/v4"),
    ("qianfan.baidubce.com", "/v2"),
];

/// Warns of a model's address that ends after the host name, as addresses of Ollama are often written, or that is of another
/// API of its service.
fn odd_path(name: &str, base_url: &str) -> Option<Problem> {
    let url = url::Url::parse(base_url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let root = url[..url::Position::BeforePath].to_owned();
    let service = PATHS_OF_SERVICES.iter().find(|(host, _)| url.host_str() == Some(*host));
    let message = match service {
        _ if url.path() != "/" => {
            // The service's own API is beside the one that is OpenAI's.
            let is_other = |(host, _): &&(&str, &str)| {
                *host == "dashscope.aliyuncs.com" && url.path().starts_with("/api/")
            };
            let (_, path) = service.filter(is_other)?;
            endpoint::other_api(&format!("{root}{path}"))
        }
        Some((_, "")) => return None,
        Some((_, path)) => {
            format!("has no path, so that {url}chat/completions is asked; write \"{root}{path}\"")
        }
        None => format!(
            "has no path, so that {url}chat/completions is asked; write what its manual says, often \"{root}/v1\""
        ),
    };
    Some(Problem::new(format!("models.{name}.base_url"), message))
}

/// Warnings of an app with this template. Their lines are not looked up yet.
pub(super) fn of_app(
    config: &Config,
    roles: &PluginRoles,
    (name, app): (&str, &AppSettings),
    template: &Template,
) -> Vec<Problem> {
    if app.answer == AnswerMode::Direct {
        return Vec::new();
    }
    // What the model calls is told to it beside the template.
    let before =
        app.plugins.iter().filter(|entry| entry.route != RouteMode::Model).map(|entry| &*entry.plugin);
    let adds = |plugin: &&str| {
        config.plugins.contains_key(*plugin)
            && roles.get(*plugin).is_none_or(|role| *role == ComponentRole::Contributor)
    };
    let before: Vec<&str> = before.filter(adds).collect();
    let shows = template.shows();
    let passages = "{% for passage in passages %}[{{ passage.number }}] {{ passage.text }}{% endfor %}";
    let outcomes = "{% for outcome in outcomes %}{{ outcome.text }}{% endfor %}";
    let documents = "the loop over documents and their sections";
    // What a base or the web holds comes as passages, and what an API says as an outcome. Another's plugin may give either.
    let is_bundled = |plugin: &str, component: &str| {
        config.plugins.get(plugin).is_some_and(|settings| settings.component == component)
    };
    let finders: Vec<&str> =
        before.iter().copied().filter(|plugin| !is_bundled(plugin, "builtin:http-api")).collect();
    let others = before.iter().copied();
    let others: Vec<&str> =
        others.filter(|plugin| !searches(config, plugin) && !is_bundled(plugin, "builtin:search")).collect();
    let whole = (!app.whole_text.is_empty() && matches!(shows.documents, Showing::Part { .. })).then(|| {
        "the template cuts or changes documents, so the text of `whole_text` may reach the model in part or in another \
         form; where that is not meant, write {{ section.text }} for each of the sections, without a filter or a slice"
            .to_owned()
    });
    let unknown =
        template.unknown_names().map(|told| format!("the template refers to what no turn has: {told}"));
    let whole_text: &[&str] = if app.whole_text.is_empty() { &[] } else { &["whole_text"] };
    let found = [
        one_sided(template, "passages", passages, &finders),
        one_sided(template, "outcomes", outcomes, &others),
        one_sided(template, "documents", documents, whole_text),
        told(shows.passages, "passages", passages, &finders),
        told(shows.outcomes, "outcomes", outcomes, &others),
        not_all(template, "passages", passages, &finders),
        not_all(template, "outcomes", outcomes, &others),
        not_all(template, "documents", documents, whole_text),
    ];
    let rest = [whole, unknown, template.in_single_braces(), no_room_to_ask(config, (name, app), template)];
    let found = found.into_iter().chain(rest).flatten();
    found.map(|message| Problem::new(format!("apps.{name}.prompt"), message)).collect()
}

/// Says of a prompt that it is too long before anything is asked, so that whoever asks would be told to ask in fewer words.
fn no_room_to_ask(config: &Config, (name, app): (&str, &AppSettings), template: &Template) -> Option<String> {
    let (model, settings) = config.models.get_key_value(app.model.as_ref()?)?;
    // What could not be read may allow more.
    if [format!("apps.{name}"), format!("models.{model}")].iter().any(|table| config.has_unread(table)) {
        return None;
    }
    let budget = app.prompt_budget(settings.context_tokens);
    let has_sources = !app.plugins.is_empty() || !app.whole_text.is_empty();
    let title = app.title.as_deref().unwrap_or(name);
    let needed = least_tokens(template, title, has_sources).filter(|needed| *needed >= budget)?;
    Some(format!(
        "the prompt takes about {needed} tokens before anything is found or asked, and prompt_tokens = {budget} allows no \
         more, so that turns are refused as too long; raise prompt_tokens of the app, or shorten the template"
    ))
}

/// What plugins do, for a sentence: `kb` finds, `kb`, `api` find.
fn who_find(plugins: &[&str]) -> String {
    let names = plugins.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    format!("{names} {}", if plugins.len() == 1 { "finds" } else { "find" })
}

/// Says of a list that only some of it reaches the model, as where a template shows the first alone.
fn not_all(template: &Template, what: &str, example: &str, plugins: &[&str]) -> Option<String> {
    let is_cut = template.lists_cut().contains(&what) && !plugins.is_empty();
    let find = who_find(plugins);
    is_cut.then(|| {
        format!(
            "the template shows only some of the {what}, so that of what {find} the rest does not reach the model; \
             write {example}"
        )
    })
}

/// Says of a list that the template shows it only where the client sends a system message, which most do not, or only
/// where it sends none.
fn one_sided(template: &Template, what: &str, example: &str, plugins: &[&str]) -> Option<String> {
    let (_, side) = template.one_sided().iter().find(|(list, _)| *list == what)?;
    let find = who_find(plugins);
    (!plugins.is_empty()).then(|| match side {
        Side::WithClientSystem => format!(
            "the template shows {what} only where the client sends a system message, so in other turns what {find} does \
             not reach the model; write {example} outside of that condition"
        ),
        Side::WithoutClientSystem => format!(
            "the template shows {what} only where the client sends no system message, so in other turns what {find} does \
             not reach the model; write {example} outside of that condition"
        ),
    })
}

/// Says what of plugins' findings does not reach the model.
fn told(showing: Showing, what: &str, example: &str, plugins: &[&str]) -> Option<String> {
    let find = who_find(plugins);
    match showing {
        _ if plugins.is_empty() => None,
        Showing::Whole => None,
        Showing::Part { .. } => Some(format!(
            "the template cuts or changes {what}, so what {find} may reach the model in part or in another form; \
             where that is not meant, write {example}, without a filter or a slice"
        )),
        Showing::Not => Some(format!(
            "the template shows no {what}, so what {find} does not reach the model; add {example}"
        )),
    }
}

fn searches(config: &Config, plugin: &str) -> bool {
    config.plugins.get(plugin).is_some_and(|settings| !settings.grants.knowledge.is_empty())
}

/// Keys in the configuration of plugins, which would see them, while the host would not know them for secrets.
fn literal(config: &Config) -> Vec<Problem> {
    let configs = config.plugins.iter().filter_map(|(name, plugin)| Some((name, plugin.config.as_ref()?)));
    let found = configs
        .flat_map(|(name, config)| literal_keys(config).into_iter().map(move |(place, _)| (name, place)));
    let one = |(name, place): (&String, String)| {
        let (key, what) = place.split_once(": ").unwrap_or((&place, "by its name"));
        let message = format!(
            "holds what looks like a key ({what}), which the plugin would see; write [secrets.NAME] and grant it with `header`, \
             `query` or `form` in [plugins.{name}.grants]"
        );
        Problem::new(format!("plugins.{name}.{key}"), message)
    };
    found.map(one).collect()
}

#[cfg(test)]
mod tests;
