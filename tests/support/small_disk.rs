//! A disk of a few mebibytes that only the process sees which is started on it.

#![allow(dead_code, reason = "the tests and `make faults` each use a part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Pid;

use super::Host;

/// A folder that is a small disk for one process, and what fills it.
pub(crate) struct SmallDisk {
    /// Where the process sees it.
    folder: PathBuf,
}

impl SmallDisk {
    /// Makes the command run with a disk of so many mebibytes at the folder. `None` where this user may not
    /// make one.
    pub(crate) fn under(command: &mut Command, folder: &Path, mebibytes: u32) -> Option<Self> {
        Self::with(command, folder, &format!("size={mebibytes}m"), "")
    }

    /// The same, on which no room is left from the start on.
    pub(crate) fn full_under(command: &mut Command, folder: &Path, mebibytes: u32) -> Option<Self> {
        Self::with(
            command,
            folder,
            &format!("size={mebibytes}m"),
            "{ dd if=/dev/zero of=\"$0/filler\" bs=4k 2>/dev/null; true; } && ",
        )
    }

    /// Makes the command run with a disk at the folder that has room for so many files.
    pub(crate) fn of_files_under(command: &mut Command, folder: &Path, files: u32) -> Option<Self> {
        Self::with(command, folder, &format!("size=240m,nr_inodes={files}"), "")
    }

    /// The same with what a host makes first in its folder, and then no room for any more files.
    pub(crate) fn full_of_files_under(command: &mut Command, folder: &Path) -> Option<Self> {
        Self::with(
            command,
            folder,
            "size=240m,nr_inodes=60",
            "mkdir \"$0/jobs\" \"$0/knowledge\" && touch \"$0/serve.lock\" && n=0 && \
             while touch \"$0/f$n\" 2>/dev/null; do n=$((n+1)); done && ",
        )
    }

    /// The same with a file of garbage on it.
    pub(crate) fn full_with_garbage_under(
        command: &mut Command,
        folder: &Path,
        mebibytes: u32,
        file: &str,
    ) -> Option<Self> {
        let before = format!(
            "yes garbage | head -c 40000 >\"$0/{file}\" && {{ dd if=/dev/zero of=\"$0/filler\" bs=4k 2>/dev/null; true; }} && "
        );
        Self::with(command, folder, &format!("size={mebibytes}m"), &before)
    }

    fn with(command: &mut Command, folder: &Path, options: &str, before: &str) -> Option<Self> {
        if !Self::may_be() {
            return None;
        }
        let inner = std::mem::replace(command, Command::new("unshare"));
        let mount = format!("mount -t tmpfs -o {options},mode=700 small \"$0\" && {before}exec \"$@\"");
        command.args(["-rm", "sh", "-c", &mount]).arg(folder);
        command.arg(inner.get_program()).args(inner.get_args());
        if let Some(folder) = inner.get_current_dir() {
            command.current_dir(folder);
        }
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Some(Self { folder: folder.to_owned() })
    }

    /// Whether this user may mount a disk of their own: containers often forbid it.
    pub(crate) fn may_be() -> bool {
        let mount = ["-rm", "sh", "-c", "mount -t tmpfs -o size=1m small /mnt"];
        Command::new("unshare").args(mount).output().is_ok_and(|ran| ran.status.success())
    }

    /// Where others see what the process has on it.
    pub(crate) fn seen_from_outside(&self, process: Pid) -> PathBuf {
        let folder = self.folder.strip_prefix("/").unwrap();
        Path::new("/proc").join(process.as_raw_nonzero().to_string()).join("root").join(folder)
    }

    /// Takes all the room there is.
    pub(crate) fn fill(&self, process: Pid) {
        let path = self.seen_from_outside(process).join("filler");
        let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
        // Down to the last page.
        for block in [1 << 20, 4 << 10] {
            while file.write_all(&vec![0; block]).is_ok() {}
        }
    }

    /// Takes all the room there is but for so many kibibytes.
    pub(crate) fn fill_but(&self, process: Pid, kibibytes: u64) {
        self.fill(process);
        let path = self.seen_from_outside(process).join("filler");
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() - (kibibytes << 10)).unwrap();
    }

    /// Makes all the files there is room for.
    pub(crate) fn use_up_files(&self, process: Pid) {
        let folder = self.seen_from_outside(process);
        let mut number = 0;
        while std::fs::File::create(folder.join(format!("f{number}"))).is_ok() {
            number += 1;
        }
    }

    /// Gives it back.
    pub(crate) fn clear(&self, process: Pid) {
        std::fs::remove_file(self.seen_from_outside(process).join("filler")).unwrap();
    }

    /// Lets the process open nothing of it for writing from now on, or again.
    pub(crate) fn read_only(&self, process: Pid, is_so: bool) {
        let script = if is_so {
            "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\""
        } else {
            "umount \"$0\""
        };
        let process = process.as_raw_nonzero().to_string();
        let ran = Command::new("nsenter")
            .args(["-t", &process, "-U", "-m", "--preserve-credentials", "sh", "-c", script])
            .arg(&self.folder)
            .status();
        assert!(ran.unwrap().success(), "the disk cannot be made read-only");
    }
}

impl Host {
    /// Starts a host with this configuration on the disk that `mount` makes for its command. `None`, which is said, where
    /// this user may not make one.
    pub(crate) fn on_small_disk(
        config: &str,
        mount: impl FnOnce(&mut Command) -> Option<SmallDisk>,
    ) -> Option<(Self, SmallDisk)> {
        // A command without its disk would fill that of the machine.
        if !SmallDisk::may_be() {
            println!("this user may not mount a small disk (unshare -rm): not tried");
            return None;
        }
        let mut disk = None;
        let host = Self::prepared(config, |_, command| disk = mount(command));
        Some((host, disk.unwrap()))
    }
}
