//! One run: lists what there is, fetches what may have changed into files, and says what an import is to make of it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::time::Duration;

use url::Url;

use super::Web;
use super::changed::is_older;
use super::client::{PageAnswer, SiteVisit, Validators, unpacked};
use super::error::FetchError;
use super::fetched::Fetched;
use super::halted::Halted;
use super::kept::{KeptPage, LearnedPage, Pages};
use super::ledger::{FetchLedger, LedgerFile, LedgerPage};
use super::listing::Listing;
use super::merged::Arrival;
use super::order::FetchOrder;
use super::plan::Plan;
use super::removal::{Missing, Removal};
use super::sitemap::{self, ListKind, Sitemap};
use super::still::still;
use super::told::BodyHead;
use crate::again::again;
use crate::clock;
use crate::knowledge::{Base, Cancel, Format, Source, StoreError, Unreadable, is_archive};
use crate::reach::Origin;

/// Sitemaps of one source, and how deep indexes of them may stand in one another.
const MAX_SITEMAPS: usize = 500;
const MAX_DEPTH: u32 = 3;
/// The waits before a page is tried again that may come in a moment.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];
/// The longest wait that a server may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(30);
/// Pages of an origin that fail in a row before the others are not asked for.
const MOST_FAILURES: u32 = 5;

/// Where a run puts what it fetches, and how it is watched.
pub struct Goal<'a> {
    /// A folder of its own. A run that finds in it what an earlier one had fetched goes on from there.
    pub folder: &'a Path,
    /// Bytes that may be put there.
    pub most_bytes: u64,
    /// Ends the run.
    pub cancel: &'a Cancel,
    /// Told of pages dealt with, pages in all, and the page at hand; must not block.
    pub tell: &'a (dyn Fn(usize, usize, &str) + Send + Sync),
}

impl Web {
    /// Fetches what is ordered for a base. The files stay as long as the folder.
    pub async fn fetch(&self, base: &Base, order: &FetchOrder, goal: Goal<'_>) -> Result<Fetched, Halted> {
        let plan = Plan::of(order, base)?;
        let held = base.held(&plan.origin).await?;
        let recipe = format!("{} {:?}", base.recipe(), plan.metadata);
        let ledger = FetchLedger::open(goal.folder, &recipe, clock::seconds()).await?;
        let mut pages = match &plan.source {
            Some(source) => self.pages(base.name(), source).await,
            None => Pages::default(),
        };
        let was_cut_so = pages.recipe == recipe;
        let sent_to = |(id, page): (&String, &KeptPage)| Some((id.clone(), page.sent_to.clone()?));
        let were_sent_to = pages.pages.iter().filter_map(sent_to).collect();
        if !was_cut_so || plan.afresh {
            pages = Pages { recipe, ..Pages::default() };
        }
        // A page is left out of the next fetch only if the base still holds it exactly as it was fetched.
        pages.pages.retain(|id, kept| held.get(id) == Some(&kept.digest));
        let fetched =
            Fetched { origin: plan.origin.clone(), source: plan.source.clone(), pages, ..Fetched::default() };
        let client = self.client();
        let visit = SiteVisit::new(&client);
        let mut run = FetchRun {
            base,
            plan,
            goal,
            visit,
            fetched,
            held,
            were_sent_to,
            was_cut_so,
            arrivals: Vec::new(),
            ledger,
            failures: HashMap::new(),
            bytes: 0,
        };
        run.carry_out().await?;
        Ok(run.fetched)
    }

    /// Keeps what a run has learned, once its import has ended.
    pub async fn remember(
        &self,
        base: &Base,
        fetched: &Fetched,
        unreadable: &[Unreadable],
    ) -> Result<(), StoreError> {
        let Some(source) = &fetched.source else { return Ok(()) };
        let failed: HashSet<&str> = unreadable.iter().map(|failed| failed.document.as_str()).collect();
        let learned = fetched.learned.iter().filter(|(id, _)| !failed.contains(id.as_str()));
        let learned = learned.map(|(id, page)| (id.clone(), page.clone())).collect();
        self.keep_pages(base, source, &fetched.origin, fetched.pages.clone(), learned).await
    }
}

/// A run that is under way.
struct FetchRun<'a> {
    base: &'a Base,
    plan: Plan,
    goal: Goal<'a>,
    visit: SiteVisit<'a>,
    fetched: Fetched,
    /// Documents of the source that the base holds, by their digests.
    held: BTreeMap<String, String>,
    /// Where pages came from in the end when they came last, where that was another address.
    were_sent_to: BTreeMap<String, String>,
    /// Whether documents were read and cut then as they are now, so that their contents can be compared.
    was_cut_so: bool,
    /// The pages of a list that have come.
    arrivals: Vec<Arrival>,
    ledger: FetchLedger,
    /// Failures in a row, by origin.
    failures: HashMap<String, u32>,
    /// Bytes put into files.
    bytes: u64,
}

/// What one page is for the import.
enum FetchedDocument {
    Unchanged,
    Changed(Box<LedgerFile>),
    /// The file lists pages.
    Sitemap,
}

impl FetchRun<'_> {
    async fn carry_out(&mut self) -> Result<(), Halted> {
        if self.plan.page.is_some() && self.leads_to_pages().await? {
            return Ok(());
        }
        let mut listing = Listing::default();
        for url in self.plan.urls.clone() {
            listing.add(url, None, self.plan.max_documents);
        }
        if let Some(sitemap) = self.plan.sitemap.clone() {
            self.list(&sitemap, &mut listing).await?;
        }
        self.tell_of(&listing);
        let mut gone = Vec::new();
        let total = listing.urls.len();
        for (done, url) in listing.urls.iter().enumerate() {
            (self.goal.tell)(done, total, url.as_str());
            let id = url.to_string();
            if self.is_older(&id, &listing) {
                self.leave(id);
                continue;
            }
            if let Some(page) = self.ledger.take(&id)
                && self.add(url, page)
            {
                continue;
            }
            let asked_at = clock::seconds();
            let document = match self.expect_there(url) {
                Ok(()) => self.document(url).await?,
                Err(error) => Err(error),
            };
            self.count(url, document.as_ref().err());
            match document {
                Ok(FetchedDocument::Unchanged) => self.keep(url, asked_at, None).await?,
                Ok(FetchedDocument::Changed(file)) => self.keep(url, asked_at, Some(*file)).await?,
                Ok(FetchedDocument::Sitemap) => {
                    let mend = "is a sitemap, not a page; write sitemap = \"…\" for it";
                    self.fetched.refuse(&id, mend.to_owned());
                }
                Err(error) if error.is_gone() && self.holds(&id) => gone.push((id, error)),
                Err(error) => self.fetched.refuse(&id, error.to_string()),
            }
        }
        self.fetched.part_merged(&self.arrivals, self.was_cut_so);
        self.judge(&listing, gone);
        Ok(())
    }

    /// Whether its list says that a page is as it was when it came. Only pages are kept that the base holds as they came.
    fn is_older(&self, id: &str, listing: &Listing) -> bool {
        let (changed, kept) = (listing.changed.get(id), self.fetched.pages.pages.get(id));
        changed.zip(kept).is_some_and(|(changed, kept)| is_older(changed, kept.asked_at, clock::seconds()))
    }

    /// Adds what came for a page, and notes it for whoever goes on after an interruption.
    async fn keep(&mut self, url: &Url, asked_at: u64, file: Option<LedgerFile>) -> Result<(), Halted> {
        let page = LedgerPage { url: url.to_string(), asked_at, file };
        self.ledger.note(&page).await?;
        self.add(url, page);
        Ok(())
    }

    /// Adds what came for a page. `false` where it was as the base held it, and the base does not any more.
    fn add(&mut self, url: &Url, page: LedgerPage) -> bool {
        if let Some(file) = page.file {
            let source = self.source(url, &file);
            self.bytes += file.bytes;
            self.arrivals.push(Arrival {
                held: self.held.get(&page.url).and_then(|digest| Base::content_in(digest)).map(str::to_owned),
                was_sent_to: self.were_sent_to.get(&page.url).cloned(),
                id: page.url,
                content: file.content,
                sent_to: file.sent_to.clone(),
            });
            let LedgerFile { validators, sent_to, .. } = file;
            let learned = LearnedPage { validators, asked_at: page.asked_at, sent_to };
            self.fetched.learned.insert(source.id.clone(), learned);
            self.fetched.sources.push(source);
            return true;
        }
        let Some(kept) = self.fetched.pages.pages.get_mut(&page.url) else { return false };
        kept.asked_at = page.asked_at;
        self.leave(page.url);
        true
    }

    /// The document that a page is, in its file.
    fn source(&self, url: &Url, file: &LedgerFile) -> Source {
        let page = self.plan.page.clone().unwrap_or_default();
        let source = Source {
            title: page.title,
            file_name: file.name.clone(),
            url: Some(url.to_string()),
            metadata: self.plan.metadata.clone(),
            format: file.format,
            ..Source::bytes(page.id.unwrap_or_else(|| url.to_string()), Vec::new())
        };
        source.at(self.ledger.path(file.number))
    }

    /// Leaves a document as it is.
    fn leave(&mut self, id: String) {
        // The format is a placeholder, because the content is not read; without it the name would be used to
        // guess one.
        let format = Some(Format::Txt);
        self.fetched.sources.push(Source { format, ..Source::bytes(&*id, Vec::new()) });
        self.fetched.unchanged.insert(id);
    }

    /// Fetches the one page of an order. `false` where it is a sitemap: then its pages are the order.
    async fn leads_to_pages(&mut self) -> Result<bool, Halted> {
        let Some(url) = self.plan.urls.first().cloned() else { return Ok(false) };
        (self.goal.tell)(0, 1, url.as_str());
        match self.document(&url).await? {
            Ok(FetchedDocument::Changed(file)) => self.fetched.sources.push(self.source(&url, &file)),
            Ok(FetchedDocument::Unchanged) => {}
            Ok(FetchedDocument::Sitemap) => {
                self.plan.urls.clear();
                (self.plan.sitemap, self.plan.page) = (Some(url), None);
                return Ok(false);
            }
            Err(error) => return Err(Halted::Nothing(format!("{url} {error}"))),
        }
        Ok(true)
    }

    /// Lists the pages of a sitemap and of those it names.
    async fn list(&mut self, root: &Url, listing: &mut Listing) -> Result<(), Halted> {
        let before = listing.urls.len();
        let mut waiting = VecDeque::from([(root.clone(), 0)]);
        let mut known = HashSet::from([root.to_string()]);
        while let Some((url, depth)) = waiting.pop_front() {
            (self.goal.tell)(0, listing.urls.len(), url.as_str());
            let read = match self.expect_there(&url) {
                Ok(()) => self.sitemap(&url).await?,
                Err(error) => Err(error.to_string()),
            };
            let sitemap = match read {
                Ok(sitemap) => sitemap,
                Err(error) if url == *root && listing.urls.is_empty() => {
                    return Err(Halted::Nothing(format!("{url} {error}")));
                }
                Err(error) => {
                    listing.doubt = Some(format!("the sitemap {url} {error}"));
                    self.fetched.refuse(url.as_str(), error);
                    continue;
                }
            };
            listing.is_partial |= sitemap.kind == ListKind::Feed;
            for entry in &sitemap.entries {
                let Some(page) = self.listed(&entry.location, root, listing) else { continue };
                if sitemap.kind != ListKind::Index {
                    if self.plan.wants(&page) {
                        listing.add(page, entry.changed.as_deref(), self.plan.max_documents);
                    }
                } else if depth >= MAX_DEPTH || known.len() >= MAX_SITEMAPS {
                    let why = format!(
                        "it names more than {MAX_SITEMAPS} sitemaps, or more than {MAX_DEPTH} in one another"
                    );
                    listing.doubt = Some(why);
                } else if known.insert(page.to_string()) {
                    waiting.push_back((page, depth + 1));
                }
            }
            if listing.is_cut {
                break;
            }
        }
        if listing.urls.len() == before && listing.doubt.is_none() {
            let why = format!(
                "the sitemap {root} lists no page that is wanted (`include`, `exclude` and [fetch] hosts choose)"
            );
            if before == 0 {
                return Err(Halted::Nothing(why));
            }
            listing.doubt = Some(why);
        }
        Ok(())
    }

    /// A place that a sitemap names, where it is one to go to.
    fn listed(&self, location: &str, root: &Url, listing: &mut Listing) -> Option<Url> {
        // Some write paths only.
        let mut url = root.join(location).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        url.set_fragment(None);
        let is_own = url.host_str() == root.host_str() && url.port() == root.port();
        if is_own || Origin::of(&url).is_some_and(|origin| self.visit.may_reach(&origin)) {
            return Some(url);
        }
        listing.elsewhere.0 += 1;
        listing.elsewhere.1.get_or_insert(url);
        None
    }

    fn tell_of(&mut self, listing: &Listing) {
        let name = self.plan.source.clone().unwrap_or_else(|| self.plan.origin.clone());
        if listing.is_cut {
            let most = self.plan.max_documents;
            let note = format!(
                "the sitemap lists more than max_documents = {most} pages; the rest was left out: raise it, or choose by include and exclude"
            );
            self.fetched.note(&name, note);
        }
        if let (count, Some(first)) = &listing.elsewhere {
            let origin = Origin::of(first).map_or_else(String::new, |origin| origin.to_string());
            let note = format!(
                "{count} addresses of the sitemap are on other hosts, such as {first}, and were left out; if they belong to it, add \
                 hosts = [\"{origin}\"] to [fetch]"
            );
            self.fetched.note(&name, note);
        }
    }

    async fn sitemap(&self, url: &Url) -> Result<Result<Sitemap, String>, Halted> {
        let came = self.ask(url, &Validators::default(), |_, _| sitemap::MAX_BYTES).await?;
        Ok(came.map_err(|error| error.to_string()).and_then(|came| {
            let PageAnswer::Page { body, .. } = came else {
                return Err("said that nothing has changed".into());
            };
            let body = unpacked(body, sitemap::MAX_BYTES).map_err(|error| error.to_string())?;
            Sitemap::of(&body)
        }))
    }

    /// One page, in a file.
    async fn document(&mut self, url: &Url) -> Result<Result<FetchedDocument, FetchError>, Halted> {
        let id = url.to_string();
        let known = self.fetched.pages.pages.get(&id).map(|kept| kept.validators.clone()).unwrap_or_default();
        if self.bytes >= self.goal.most_bytes {
            return Ok(Err(FetchError::Full(self.goal.most_bytes >> 20)));
        }
        let came = self.ask(url, &known, |headers, url| BodyHead::of(headers, url).max_bytes()).await?;
        let (headers, from, body) = match came {
            Ok(PageAnswer::NotModified) => return Ok(Ok(FetchedDocument::Unchanged)),
            Ok(PageAnswer::Page { headers, url, body }) => (headers, url, body),
            Err(error) => return Ok(Err(error)),
        };
        if sitemap::is_sitemap(&body)
            || (url.path().ends_with(".xml.gz")
                && unpacked(body.clone(), sitemap::MAX_BYTES).is_ok_and(|body| sitemap::is_sitemap(&body)))
        {
            return Ok(Ok(FetchedDocument::Sitemap));
        }
        let told = BodyHead::of(&headers, &from);
        let format = match self.plan.page.as_ref().and_then(|page| page.format) {
            Some(format) => Some(format),
            None => match told.format(&body) {
                Ok(format) => format,
                Err(error) => return Ok(Err(error)),
            },
        };
        let body = told.text(body, format);
        let body = if format == Some(Format::Html) { still(body) } else { body };
        let number = self.ledger.next_number();
        tokio::fs::write(self.ledger.path(number), &body).await?;
        // An archive's documents are told apart by their own names; that it has not changed says nothing of them.
        let is_one = format.is_some();
        let validators = if is_one { Validators::of(&headers) } else { Validators::default() };
        let (bytes, name) = (body.len() as u64, told.file_name);
        let content = format.map(|format| self.base.content_digest(&body, format));
        let sent_to = (from != *url).then(|| from.to_string());
        let file = LedgerFile { number, bytes, name, format, validators, content, sent_to };
        Ok(Ok(FetchedDocument::Changed(Box::new(file))))
    }

    /// Asks for one URL, once more where that may help.
    async fn ask(
        &self,
        url: &Url,
        known: &Validators,
        most: impl Fn(&reqwest::header::HeaderMap, &Url) -> usize + Send + Sync + Copy,
    ) -> Result<Result<PageAnswer, FetchError>, Halted> {
        let wait = |error: &FetchError, pause: Duration| {
            let asked = error.retry_after().unwrap_or_default();
            (error.may_pass() && asked <= LONGEST_ASKED).then(|| pause.max(asked))
        };
        let asking = again(PAUSES, wait, || self.visit.get(url, known, most));
        tokio::select! {
            came = asking => Ok(came),
            () = self.goal.cancel.cancelled() => Err(Halted::Cancelled),
        }
    }

    /// Refuses what is at a server that does not answer.
    fn expect_there(&self, url: &Url) -> Result<(), FetchError> {
        let origin = Origin::of(url).map(|origin| origin.to_string()).unwrap_or_default();
        match self.failures.get(&origin) {
            Some(&tries) if tries >= MOST_FAILURES => Err(FetchError::NotAsked { origin, tries }),
            _ => Ok(()),
        }
    }

    fn count(&mut self, url: &Url, error: Option<&FetchError>) {
        let Some(origin) = Origin::of(url).map(|origin| origin.to_string()) else { return };
        match error {
            Some(FetchError::NotAsked { .. } | FetchError::Full(_)) => {}
            Some(error) if error.is_of_server() => *self.failures.entry(origin).or_default() += 1,
            _ => _ = self.failures.remove(&origin),
        }
    }

    /// Whether the base holds what a page became: a document, or those of an archive.
    fn holds(&self, id: &str) -> bool {
        let within = format!("{id}/");
        let in_archive =
            || self.held.range(within.clone()..).next().is_some_and(|(held, _)| held.starts_with(&within));
        self.held.contains_key(id) || (is_archive(id) && in_archive())
    }

    /// Decides what becomes of documents whose page has gone.
    fn judge(&mut self, listing: &Listing, gone: Vec<(String, FetchError)>) {
        let listed: HashSet<&str> = listing.urls.iter().map(Url::as_str).collect();
        // What came out of an archive is there as long as the archive is.
        let is_listed = |id: &str| {
            let in_archive = |at: usize| listed.contains(&id[..at]) && is_archive(&id[..at]);
            listed.contains(id) || id.match_indices('/').any(|(at, _)| in_archive(at))
        };
        let mut unlisted: Vec<String> = self.held.keys().filter(|id| !is_listed(id)).cloned().collect();
        if listing.is_partial {
            // What a feed does not list any more is there all the same.
            unlisted.drain(..).for_each(|id| self.leave(id));
        }
        let cut = listing.is_cut.then(|| "the sitemap lists more pages than max_documents".to_owned());
        let missing = Missing {
            held: self.held.len(),
            unlisted,
            gone: gone.iter().map(|(id, _)| id.clone()).collect(),
            doubt: listing.doubt.clone().or(cut),
        };
        let told = match missing.judged(self.plan.remove_missing, self.plan.confirmed) {
            Removal::Nothing => None,
            Removal::Remove => {
                self.fetched.prune = true;
                return;
            }
            Removal::Keep(told) => Some(told),
            Removal::Refuse(told) => {
                self.fetched.refused = Some(told.clone());
                Some(told)
            }
        };
        for (id, error) in gone {
            self.fetched.refuse(&id, format!("{error}; its document stays"));
        }
        if let (Some(told), Some(name)) = (told, self.plan.source.clone()) {
            self.fetched.note(&name, told);
        }
    }
}
