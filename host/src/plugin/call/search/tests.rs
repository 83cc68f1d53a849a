use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use super::*;
use crate::plugin::process::{Clients, KnowledgeSearch, LimitSettings, Services, StateStore};

/// Counts how many search at one time.
#[derive(Default)]
struct CountingSearch {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl KnowledgeSearch for CountingSearch {
    fn search<'a>(
        &'a self,
        _: &'a Query,
    ) -> Pin<Box<dyn Future<Output = Result<Results, SearchError>> + Send + 'a>> {
        Box::pin(async {
            let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
            self.most.fetch_max(now, Ordering::Relaxed);
            tokio::task::yield_now().await;
            self.now.fetch_sub(1, Ordering::Relaxed);
            Err(SearchError::Unavailable { cause: "nothing is here".into(), lasts: false })
        })
    }
}

#[tokio::test]
async fn the_first_searches_of_calls_go_side_by_side_and_the_many_after_them_take_turns() {
    let library = Arc::new(CountingSearch::default());
    let state = StateStore::in_memory(Duration::from_secs(60)).unwrap();
    let services = Services { library: Arc::clone(&library) as Arc<_>, state };
    let bare = PluginContext::bare("a", LimitSettings::default(), &Arc::new(Clients::new().unwrap()));
    let mut context = PluginContext { services: Some(services), ..bare };
    Arc::get_mut(&mut context.grants).unwrap().knowledge = vec!["policies".into()];
    let context = Arc::new(context);
    let calls = thread::available_parallelism().map_or(1, usize::from) + 3;
    let mut calls: Vec<_> = (0..calls).map(|_| Knowledge::new(Arc::clone(&context))).collect();
    let query = || Query {
        text: "问".into(),
        wordings: None,
        bases: Vec::new(),
        top_k: None,
        threshold: None,
        filter: None,
        context: true,
    };
    let mut most = Vec::new();
    for _ in 0..=FEW {
        library.most.store(0, Ordering::Relaxed);
        join_all(calls.iter_mut().map(|call| call.search(query()))).await;
        most.push(library.most.load(Ordering::Relaxed));
    }
    assert_eq!(most[0], calls.len());
    assert_eq!(most[FEW as usize], thread::available_parallelism().map_or(1, usize::from).div_ceil(2));
}
