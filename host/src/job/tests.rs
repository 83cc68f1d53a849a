//! The queue and its memory. What jobs do is tested from outside.

use std::time::Duration;

use super::*;
use crate::knowledge::{
    BaseSettings, DocumentFilter, EmbedderSettings, ImportOptions, Library, MeantDocuments, Source,
};

async fn library(folder: &Path) -> Library {
    let bases = BTreeMap::from([(
        "a".to_owned(),
        BaseSettings { embedder: "none".into(), ..BaseSettings::default() },
    )]);
    let none =
        EmbedderSettings { model_path: Some("/nowhere/model.onnx".into()), ..EmbedderSettings::default() };
    let embedders = BTreeMap::from([("none".to_owned(), none)]);
    Library::open(folder, &bases, &embedders, &BTreeMap::new(), crate::knowledge::nothing_reads())
        .await
        .unwrap()
}

fn limits() -> JobLimits {
    let patience = JobPatience { pause: Duration::from_millis(1), patience: Duration::from_secs(3600) };
    JobLimits { at_work: 1, queued: 1, patience, most_fetched: 1 << 20 }
}

fn web(folder: &Path) -> Arc<Web> {
    Arc::new(Web::new(&crate::web::FetchSettings::default(), folder).unwrap())
}

fn disk(folder: &Path) -> Arc<Disk> {
    Arc::new(Disk::of(folder))
}

async fn ended(jobs: &Jobs, id: &str) -> JobRecord {
    loop {
        let record = jobs.get(id).unwrap();
        if record.state.has_ended() {
            return record;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_queue_is_bounded_and_a_waiting_job_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let base = Arc::clone(library(folder.path()).await.base("a").unwrap());
    let path = folder.path().join("jobs");
    let jobs = Jobs::open(&path, limits(), web(folder.path()), &disk(folder.path())).unwrap();
    let held = Arc::clone(&jobs.shared.at_work).acquire_owned().await.unwrap();
    let place = jobs.reserve("a").unwrap();
    let second = jobs.reserve("a").unwrap();
    assert!(jobs.reserve("a").is_err());
    drop(second);
    let mut upload = jobs.upload(10).await.unwrap();
    let mut file = upload.file().await.unwrap();
    file.write("内容".as_bytes()).await.unwrap();
    file.finish(Source::bytes("a.txt", "")).await.unwrap();
    let mut file = upload.file().await.unwrap();
    let error = file.write("内容".as_bytes()).await.unwrap_err();
    assert!(error.to_string().contains("max_upload_bytes"), "{error}");
    let work = Work::Import(upload, ImportOptions::default());
    let id = jobs.start(place, Arc::clone(&base), work).await.unwrap().id;
    assert_eq!(jobs.get(&id).unwrap().state, JobState::Queued);
    jobs.cancel(&id).await.unwrap();
    assert_eq!(ended(&jobs, &id).await.state, JobState::Cancelled);
    let files =
        || std::fs::read_dir(&path).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(files(), 0, "the upload is gone");
    drop(held);

    let place = jobs.reserve("a").unwrap();
    let mut upload = jobs.upload(10).await.unwrap();
    let mut file = upload.file().await.unwrap();
    file.write("内容".as_bytes()).await.unwrap();
    file.finish(Source::bytes("a.txt", "")).await.unwrap();
    let work = Work::Import(upload, ImportOptions::default());
    let id = jobs.start(place, Arc::clone(&base), work).await.unwrap().id;
    let failed = ended(&jobs, &id).await;
    assert_eq!((failed.state, failed.kept_bytes), (JobState::Failed, Some(6)), "what is not in stays");
    assert!(failed.error.unwrap().contains("setup model"));
    // The other place of the queue is free again.
    let retried = jobs.retry(&id, &base).await.unwrap();
    assert_eq!((retried.retry_of.as_ref(), retried.kind), (Some(&id), JobKind::Import));
    let error = jobs.retry(&id, &base).await.unwrap_err().to_string();
    assert!(error.contains(&retried.id), "{error}");
    assert_eq!(ended(&jobs, &retried.id).await.kept_bytes, Some(6), "the file came along");
    assert!(jobs.cancel("job-0").await.is_none() && jobs.get("job-0").is_none());
}

#[tokio::test]
async fn a_start_goes_on_with_what_can_go_on_and_says_why_the_rest_cannot() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let library = Arc::new(library(data.path()).await);
    let left = async |kind, base: &str, change: fn(&mut JobRecord)| {
        let mut record = JobRecord::new(kind, base);
        change(&mut record);
        record.save(folder.path()).await.unwrap();
        record.id
    };
    let reembed = left(JobKind::Reembed, "a", |record| record.state = JobState::Running).await;
    let no_upload = left(JobKind::Import, "a", |record| record.state = JobState::Interrupted).await;
    let no_base = left(JobKind::Reembed, "gone", |_| {}).await;
    let cancelled = left(JobKind::Import, "a", |record| record.cancel_requested = true).await;
    let crashed = left(JobKind::Reembed, "a", |record| {
        (record.state, record.crashes) = (JobState::Running, 3);
    })
    .await;
    let got_on = left(JobKind::Reembed, "a", |record| {
        (record.state, record.crashes, record.carried) = (JobState::Running, 3, 1);
    })
    .await;
    std::fs::create_dir(folder.path().join(&got_on)).unwrap();
    std::fs::write(folder.path().join(&got_on).join("done"), "1.md\n2.md\n").unwrap();
    let done = left(JobKind::Reembed, "b", |record| record.state = JobState::Done).await;
    std::fs::write(folder.path().join("other.json"), "{").unwrap();
    std::fs::create_dir(folder.path().join("upload")).unwrap();
    std::fs::create_dir(folder.path().join(&done)).unwrap();

    let jobs = Jobs::open(folder.path(), limits(), web(folder.path()), &disk(folder.path())).unwrap();
    assert_eq!(jobs.get(&reembed).unwrap().state, JobState::Running, "as the other process says");
    assert!(folder.path().join("upload").exists(), "it may be another process's");
    jobs.resume(&library).await.unwrap();
    for (id, state, reason) in [
        (&no_upload, JobState::Failed, "its upload is lost"),
        (&no_base, JobState::Failed, "`gone` is not configured"),
        (&cancelled, JobState::Cancelled, ""),
        (&crashed, JobState::Failed, "ended 4 times in the middle"),
    ] {
        let record = jobs.get(id).unwrap();
        assert_eq!(record.state, state, "{record:?}");
        assert!(record.error.unwrap_or_default().contains(reason));
        assert!(std::fs::read_to_string(record::path(folder.path(), id)).unwrap().contains(reason));
    }
    let reembed = ended(&jobs, &reembed).await;
    assert_eq!((reembed.crashes, reembed.started_at.is_some()), (1, true), "{reembed:?}");
    assert!(reembed.error.unwrap().contains("setup model"), "it went on as far as it could without a model");
    let got_on = ended(&jobs, &got_on).await;
    assert_eq!((got_on.crashes, got_on.carried), (1, 2), "a job that gets on is taken up: {got_on:?}");
    assert!(got_on.error.unwrap().contains("setup model"), "it went on too");
    let is_upload = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path().is_dir();
    assert!(!std::fs::read_dir(folder.path()).unwrap().any(is_upload), "nobody's uploads go");
    assert_eq!(jobs.get(&done).unwrap().state, JobState::Done);
}

#[tokio::test]
async fn an_end_is_told_when_it_is_kept_and_until_then_the_upload_stays_and_the_place_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let base = Arc::clone(library(folder.path()).await.base("a").unwrap());
    let path = folder.path().join("jobs");
    let jobs = Jobs::open(&path, limits(), web(folder.path()), &disk(folder.path())).unwrap();
    let held = Arc::clone(&jobs.shared.at_work).acquire_owned().await.unwrap();
    let (place, other) = (jobs.reserve("a").unwrap(), jobs.reserve("a").unwrap());
    let mut upload = jobs.upload(10).await.unwrap();
    let mut file = upload.file().await.unwrap();
    file.write("内容".as_bytes()).await.unwrap();
    file.finish(Source::bytes("a.txt", "")).await.unwrap();
    let work = Work::Import(upload, ImportOptions::default());
    let id = jobs.start(place, Arc::clone(&base), work).await.unwrap().id;
    // No record can be written where this is in the way.
    let in_the_way = path.join(format!("{id}.new"));
    std::fs::create_dir(&in_the_way).unwrap();
    jobs.cancel(&id).await.unwrap();
    let waiting = loop {
        let record = jobs.get(&id).unwrap();
        assert!(!record.state.has_ended(), "a restart would take it back: {record:?}");
        if let Some(reason) = record.waiting_for {
            break reason;
        }
        tokio::task::yield_now().await;
    };
    assert!(waiting.contains("how the job ended cannot be kept"), "{waiting}");
    assert!(path.join(&id).join("0").exists(), "the next start finds the job as it was");
    assert!(jobs.reserve("a").is_ok(), "it keeps nobody out");
    std::fs::remove_dir(&in_the_way).unwrap();
    let ended = ended(&jobs, &id).await;
    assert_eq!((ended.state, path.join(&id).exists()), (JobState::Cancelled, false));
    let kept = JobRecord::read(&record::path(&path, &id), &path).unwrap().unwrap();
    assert_eq!(kept.state, JobState::Cancelled);
    drop((held, other));
}

#[tokio::test]
async fn a_deletion_goes_on_only_where_it_is_known_what_it_meant() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let library = Arc::new(library(data.path()).await);
    let left = async |meant| {
        let delete = Some(DocumentFilter::default());
        let record = JobRecord { delete, meant, ..JobRecord::new(JobKind::Delete, "a") };
        record.save(folder.path()).await.unwrap();
        let path = record::path(folder.path(), &record.id);
        let version = serde_json::from_slice::<serde_json::Value>(&std::fs::read(&path).unwrap()).unwrap();
        (record, path, version["version"].clone())
    };
    let (known, path, version) = left(Some(Arc::new(MeantDocuments::default()))).await;
    assert_eq!(version, 2, "an earlier version of the host would delete what came since");
    assert_eq!(JobRecord::read(&path, folder.path()).unwrap(), Some(known.clone()));
    let (unknown, _, version) = left(None).await;
    assert_eq!(version, 1);

    let jobs = Jobs::open(folder.path(), limits(), web(folder.path()), &disk(folder.path())).unwrap();
    jobs.resume(&library).await.unwrap();
    let failed = jobs.get(&unknown.id).unwrap();
    assert_eq!(failed.state, JobState::Failed);
    assert!(failed.error.unwrap().contains("which documents it was to delete is lost"));
    let done = ended(&jobs, &known.id).await;
    assert_eq!((done.state, done.deleted, done.meant), (JobState::Done, 0, None));
}
