//! State entries: what one call sees and changes of its conversation's state.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plugin::loaded::PluginContext;
use crate::plugin::process::{Changes, KeptState, StateError, StateStore};

// The numbers are the interface's (`wit/host.wit`).
const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 64 << 10;
/// Keys and values of one plugin in one conversation.
const MAX_TOTAL: usize = 256 << 10;

/// How old state may become until a write that changes nothing makes it young again.
const YOUNG: Duration = Duration::from_secs(3600);

/// One call's view of its conversation: read from the store when first touched, written back when
/// the call has succeeded.
pub(super) struct CallEntries {
    context: Arc<PluginContext>,
    conversation: String,
    /// What the store has.
    kept: Option<KeptState>,
    /// What the call has written, over what is kept.
    changes: Changes,
    /// Writes of the call so far.
    writes: u32,
}

impl CallEntries {
    pub(super) fn new(context: Arc<PluginContext>, conversation: String) -> Self {
        Self { context, conversation, kept: None, changes: Changes::new(), writes: 0 }
    }

    pub(super) async fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, StateError> {
        if let Some(change) = self.changes.get(key) {
            return Ok(change.clone());
        }
        Ok(self.kept().await?.entries.get(key).cloned())
    }

    pub(super) async fn set(&mut self, key: String, value: Vec<u8>) -> Result<(), StateError> {
        check_sizes(&key, &value)?;
        self.count()?;
        self.kept().await?;
        let others = self.size_without(&key);
        if others + key.len() + value.len() > MAX_TOTAL {
            return Err(StateError::TooLarge(format!(
                "the plugin's state of a conversation may hold {MAX_TOTAL} bytes and holds {others} besides `{key}`"
            )));
        }
        self.changes.insert(key, Some(value));
        Ok(())
    }

    pub(super) async fn remove(&mut self, key: String) -> Result<(), StateError> {
        self.count()?;
        // A key that was never set is not remembered as deleted, because a guest can name any number of such
        // keys.
        if self.kept().await?.entries.contains_key(&key) {
            self.changes.insert(key, None);
        } else {
            self.changes.remove(&key);
        }
        Ok(())
    }

    /// Keeps what the call has written. Does not touch the store where nothing has changed.
    pub(super) async fn commit(&mut self, deadline: Instant) -> Result<(), StateError> {
        let mut changes = std::mem::take(&mut self.changes);
        let Some(kept) = self.kept.as_ref().filter(|_| self.writes > 0) else { return Ok(()) };
        changes.retain(|key, value| kept.entries.get(key) != value.as_ref());
        let is_young = kept.entries.is_empty() || kept.is_younger_than(YOUNG);
        if changes.is_empty() && is_young {
            return Ok(());
        }
        let (plugin, conversation) = (self.context.name.to_string(), self.conversation.clone());
        self.store()?.save(plugin, conversation, changes, Some(deadline)).await
    }

    fn count(&mut self) -> Result<(), StateError> {
        let PluginContext { name, limits, .. } = &*self.context;
        if self.writes >= limits.state_writes {
            return Err(StateError::TooLarge(format!(
                "plugin `{name}` has written {} times to its state in this call, as often as it may: raise `state_writes` in [plugins.{name}.limits]",
                limits.state_writes
            )));
        }
        self.writes += 1;
        Ok(())
    }

    /// Bytes of what the call sees, but for one key.
    fn size_without(&self, key: &str) -> usize {
        let kept = self.kept.iter().flat_map(|kept| &kept.entries);
        let unchanged = kept.filter(|(k, _)| *k != key && !self.changes.contains_key(*k));
        let changed = self.changes.iter().filter(|(k, _)| *k != key);
        unchanged.map(|(k, v)| k.len() + v.len()).sum::<usize>()
            + changed.filter_map(|(k, v)| Some(k.len() + v.as_ref()?.len())).sum::<usize>()
    }

    fn store(&self) -> Result<&StateStore, StateError> {
        let nothing =
            || StateError::Unavailable("there is no state while a plugin describes itself".to_owned());
        self.context.services.as_ref().map(|services| &services.state).ok_or_else(nothing)
    }

    async fn kept(&mut self) -> Result<&KeptState, StateError> {
        if self.kept.is_none() {
            self.kept =
                Some(self.store()?.load(self.context.name.to_string(), self.conversation.clone()).await?);
        }
        Ok(self.kept.get_or_insert_default())
    }
}

fn check_sizes(key: &str, value: &[u8]) -> Result<(), StateError> {
    if key.is_empty() || key.len() > MAX_KEY {
        let problem = format!("a key measures 1 to {MAX_KEY} bytes, this one {}", key.len());
        return Err(StateError::TooLarge(problem));
    }
    if value.len() > MAX_VALUE {
        let problem = format!("a value measures at most {MAX_VALUE} bytes, that of `{key}` {}", value.len());
        return Err(StateError::TooLarge(problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
