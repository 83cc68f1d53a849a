//! The queue and its memory. What jobs do is tested from outside.

use super::*;
use crate::knowledge::{BaseSettings, EmbedderSettings, Library, Source};

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
    let jobs = Jobs::open(&path, 1, 1).unwrap();
    let held = Arc::clone(&jobs.shared.at_work).acquire_owned().await.unwrap();
    let place = jobs.reserve().unwrap();
    let second = jobs.reserve().unwrap();
    assert!(jobs.reserve().is_err());
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
    jobs.cancel(&id).unwrap();
    assert_eq!(ended(&jobs, &id).await.state, JobState::Cancelled);
    let files =
        || std::fs::read_dir(&path).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(files(), 0, "the upload is gone");
    drop(held);

    let place = jobs.reserve().unwrap();
    let mut upload = jobs.upload(10).await.unwrap();
    let mut file = upload.file().await.unwrap();
    file.write("内容".as_bytes()).await.unwrap();
    file.finish(Source::bytes("a.txt", "")).await.unwrap();
    let id = jobs.start(place, base, Work::Import(upload, ImportOptions::default())).await.unwrap().id;
    let failed = ended(&jobs, &id).await;
    assert_eq!(failed.state, JobState::Failed);
    assert!(failed.error.unwrap().contains("make setup"));
    assert!(jobs.cancel("job-0").is_none() && jobs.get("job-0").is_none());
}

#[tokio::test]
async fn a_job_that_a_stop_has_interrupted_says_so_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = JobRecord::new(JobKind::Import, "a");
    running.state = JobState::Running;
    running.save(folder.path()).await.unwrap();
    let mut done = JobRecord::new(JobKind::Reembed, "b");
    done.state = JobState::Done;
    done.save(folder.path()).await.unwrap();
    std::fs::write(folder.path().join("other.json"), "{").unwrap();
    std::fs::create_dir(folder.path().join("upload")).unwrap();
    let jobs = Jobs::open(folder.path(), 1, 1).unwrap();
    let states: Vec<_> = jobs.list().into_iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Done, JobState::Interrupted]);
    assert!(jobs.get(&running.id).unwrap().error.unwrap().contains("upload the same again"));
    assert!(!folder.path().join("upload").exists());
}
