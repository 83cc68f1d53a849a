use super::*;

#[test]
fn pauses_grow_until_the_job_gets_on_and_end_with_the_patience() {
    let seconds = Duration::from_secs;
    let mut waiting = JobTries::new(JobPatience { pause: seconds(2), patience: seconds(3600) });
    let pauses: Vec<_> = (0..8).map(|_| waiting.after(false, None).unwrap().as_secs()).collect();
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 120, 120]);
    assert_eq!(waiting.after(true, None), Some(seconds(2)), "it has got on");
    assert_eq!(waiting.after(false, Some(seconds(30))), Some(seconds(30)), "as the endpoint asks");
    assert_eq!(waiting.after(false, Some(seconds(1))), Some(seconds(8)));
    assert_eq!(waiting.after(false, Some(seconds(3601))), None, "longer than there is patience");
}
