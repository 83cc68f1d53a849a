use super::*;
use crate::knowledge::store::Store;
use crate::knowledge::store::contract::{QdrantServer, document};

#[tokio::test]
async fn of_several_hosts_one_has_the_claim_until_it_is_gone() {
    let server = QdrantServer::start().await;
    let store = server.store("a");
    let name = format!("{}a", server.settings.collection_prefix);
    let claim = || GenerationClaim { abandoned: PAUSE * 3, ..GenerationClaim::new(&name) };
    let (here, there) = (claim(), claim());
    assert!(here.take(&store, "one", &name).await.unwrap(), "there is nothing to claim yet");
    store.put_document(document("a.md", &["平行志愿"])).await.unwrap();
    assert!(here.take(&store, "one", &name).await.unwrap());
    let kept = async {
        loop {
            assert!(here.keep(&store).await.unwrap());
            // As often as its owner shows it, which is what the other waits for.
            tokio::time::sleep(PAUSE / 5).await;
        }
    };
    tokio::select! {
        taken = there.take(&store, "two", &name) => assert!(!taken.unwrap(), "it is kept"),
        () = kept => {}
    }
    // Another process of the same host has been killed.
    assert!(claim().take(&store, "one", &name).await.unwrap());
    store.point_alias(&format!("{name}.next.one"), &name).await.unwrap();
    assert!(there.take(&store, "two", &name).await.unwrap(), "nobody keeps it any more");
    assert!(!here.keep(&store).await.unwrap());
    let left: Vec<_> = store.aliases().await.unwrap().into_keys().collect();
    assert_eq!(left, [format!("{name}.reembed.two.0")], "the mark of whoever is gone is gone as well");
    there.give_back(&store).await.unwrap();
    assert!(store.aliases().await.unwrap().is_empty());
    assert!(here.take(&store, "one", &name).await.unwrap());
}
