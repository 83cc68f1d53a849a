use super::*;
use crate::knowledge::store::Store;
use crate::knowledge::store::contract::{QdrantServer, document};

const ONE: &str = "01a220b1770176059b798af526b757c7";
const TWO: &str = "01a220b1770176059b798af526b757c8";

#[tokio::test]
async fn of_several_hosts_one_has_the_claim_until_it_is_gone() {
    let server = QdrantServer::start().await;
    let store = server.store("a");
    let name = format!("{}a", server.settings.collection_prefix);
    let claim = || GenerationClaim { abandoned: PAUSE * 3, ..GenerationClaim::new(&name) };
    let (here, there) = (claim(), claim());
    assert!(here.take(&store, ONE, &name).await.unwrap(), "there is nothing to claim yet");
    store.put_document(document("a.md", &["平行志愿"])).await.unwrap();
    assert!(here.take(&store, ONE, &name).await.unwrap());
    let kept = async {
        loop {
            assert!(here.keep(&store).await.unwrap());
            // As often as its owner shows it, which is what the other waits for.
            tokio::time::sleep(PAUSE / 5).await;
        }
    };
    tokio::select! {
        taken = there.take(&store, TWO, &name) => assert!(!taken.unwrap(), "it is kept"),
        () = kept => {}
    }
    // Another process of the same host has been killed.
    assert!(claim().take(&store, ONE, &name).await.unwrap());
    store.point_alias(&format!("{name}.next.{ONE}"), &name).await.unwrap();
    // Of bases `next` and `reembed` behind a prefix that ends with a dot.
    let of_others = [format!("{name}.next.current"), format!("{name}.reembed.current")];
    for alias in &of_others {
        store.point_alias(alias, &name).await.unwrap();
    }
    assert!(there.take(&store, TWO, &name).await.unwrap(), "nobody keeps it any more");
    assert!(!here.keep(&store).await.unwrap());
    let mut left: Vec<_> = store.aliases().await.unwrap().into_keys().collect();
    left.sort();
    let [next, reembed] = of_others;
    let own = format!("{name}.reembed.{TWO}.0");
    assert_eq!(left, [next, own, reembed], "the mark of whoever is gone is gone as well");
    there.give_back(&store).await.unwrap();
    assert_eq!(store.aliases().await.unwrap().len(), 2);
    assert!(here.take(&store, ONE, &name).await.unwrap());
}

#[tokio::test]
async fn of_hosts_that_come_at_the_same_moment_one_has_the_claim() {
    let server = QdrantServer::start().await;
    let store = server.store("a");
    let name = format!("{}a", server.settings.collection_prefix);
    store.put_document(document("a.md", &["平行志愿"])).await.unwrap();
    for round in 0..5 {
        let claims = [GenerationClaim::new(&name), GenerationClaim::new(&name)];
        let take = async |claim: &GenerationClaim, owner: &str| {
            let taken = claim.take(&store, owner, &name).await.unwrap();
            // Who has it shows it, so that the other ends.
            while taken && !store.aliases().await.unwrap().contains_key("done") {
                assert!(claim.keep(&store).await.unwrap(), "round {round}");
                tokio::task::yield_now().await;
            }
            store.point_alias("done", &name).await.unwrap();
            taken
        };
        let (one, two) = tokio::join!(take(&claims[0], ONE), take(&claims[1], TWO));
        assert!(one != two, "round {round}: {one} {two}");
        for claim in &claims {
            claim.give_back(&store).await.unwrap();
        }
        store.drop_alias("done").await.unwrap();
    }
}
