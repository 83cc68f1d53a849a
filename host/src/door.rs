//! The door decides who may come in: by key, or, where none is configured, by where a request comes
//! from. It looks at the head of a request only, and knows neither paths nor what is behind it.
//!
//! Without a key nothing but what the connection and the browser say tells a friend from a page that
//! the operator happens to have open. So a request without one must come from this machine, call it
//! by a name that only means this machine, and come from no other page. A browser cannot put a key
//! into a request of its own accord, so one with a key needs none of that for chat.

mod key;
mod knock;
mod name;
mod origin;
mod refusal;
mod settings;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use key::{ClientKey, KeyHash};
use name::NamedHost;
use origin::Origins;

pub use key::{KeySettings, NewKey};
pub use knock::{Area, Knock, page};
pub use refusal::DoorRefusal;
pub use settings::DoorSettings;

/// The rules of one configuration, checked.
pub struct Door {
    admin: Option<KeyHash>,
    keys: Vec<Arc<ClientKey>>,
    /// Whether everybody may chat without a key.
    open: bool,
    /// Names of this host besides those of loopback.
    hosts: Vec<NamedHost>,
    origins: Origins,
}

/// Who sent a request, as far as a key tells.
#[derive(Clone, Default)]
pub struct Caller(Option<Arc<ClientKey>>);

impl Caller {
    /// The name of the client key. Nothing for the admin key, and where no key is needed.
    pub fn key(&self) -> Option<&str> {
        self.0.as_deref().map(|key| &*key.name)
    }

    /// Whether it may use an app, and know that there is one.
    pub fn may_use(&self, app: &str) -> bool {
        self.0.as_deref().and_then(|key| key.apps.as_ref()).is_none_or(|apps| apps.iter().any(|a| a == app))
    }
}

/// What the key of a request proves.
enum KeyHolder {
    Admin,
    Client(Arc<ClientKey>),
    Expired,
    /// There is a key, and it is none of ours.
    Stranger,
    Nobody,
}

impl Door {
    /// Lets a request in, or says why not.
    pub fn admit(&self, knock: &Knock) -> Result<Caller, DoorRefusal> {
        if knock.area == Area::Public {
            return Ok(Caller::default());
        }
        let names = knock.names()?;
        let holder = self.holder(knock);
        match (knock.area, holder) {
            (Area::Admin, KeyHolder::Admin) => {
                knock.comes_from_no_other_page(&names, &self.hosts)?;
                Ok(Caller::default())
            }
            (_, KeyHolder::Admin) => Ok(Caller::default()),
            (_, KeyHolder::Expired) => Err(DoorRefusal::Expired),
            (Area::Admin, KeyHolder::Client(_)) => {
                Err(DoorRefusal::NotForClients { admin: self.admin.is_some() })
            }
            (_, KeyHolder::Client(key)) => Ok(Caller(Some(key))),
            (Area::Admin, KeyHolder::Stranger) if self.has_keys() => Err(DoorRefusal::WrongKey),
            (Area::Admin, KeyHolder::Nobody) if self.admin.is_some() => Err(DoorRefusal::NoKey),
            (Area::Chat, KeyHolder::Stranger) if !self.keys.is_empty() => Err(DoorRefusal::WrongKey),
            (Area::Chat, KeyHolder::Nobody) if !self.keys.is_empty() => Err(DoorRefusal::NoKey),
            // Clients of OpenAI's API cannot leave the key out; where none is needed, any will do.
            (_, KeyHolder::Stranger | KeyHolder::Nobody) => self.admit_without_key(knock, &names),
        }
    }

    /// Whether pages of an origin may chat.
    pub fn admits_pages_of(&self, origin: &str) -> bool {
        self.origins.admit(origin)
    }

    /// Whether answers to pages depend on the page's origin.
    pub fn has_origins(&self) -> bool {
        !matches!(&self.origins, Origins::Listed(origins) if origins.is_empty())
    }

    /// Refuses to listen where strangers can connect and nothing would keep them out.
    pub fn may_listen(&self, address: IpAddr) -> Result<(), String> {
        if self.has_keys() || self.open || address.to_canonical().is_loopback() {
            return Ok(());
        }
        Err(format!(
            "{address} can be reached from other machines, and there is no key: add admin_key_env = \"QIANFAN_ADMIN_KEY\" to [server] \
             and export a key in that variable, or add a key for clients (`qianfan-host key new NAME` prints one and its [keys.NAME] table). \
             Or listen on 127.0.0.1; or, if everybody may chat without a key, add open = true to [server]"
        ))
    }

    fn has_keys(&self) -> bool {
        self.admin.is_some() || !self.keys.is_empty()
    }

    /// Every key is compared, so that the time tells nothing of which one came close.
    fn holder(&self, knock: &Knock) -> KeyHolder {
        let Some(sent) = knock.key() else { return KeyHolder::Nobody };
        let sent = KeyHash::of(&sent);
        let mut holder = KeyHolder::Stranger;
        for key in &self.keys {
            if bool::from(key.hash.is(&sent)) {
                let expired = key.is_expired(SystemTime::now());
                holder = if expired { KeyHolder::Expired } else { KeyHolder::Client(Arc::clone(key)) };
            }
        }
        match &self.admin {
            Some(admin) if bool::from(admin.is(&sent)) => KeyHolder::Admin,
            _ => holder,
        }
    }

    fn admit_without_key(&self, knock: &Knock, names: &[name::HostName]) -> Result<Caller, DoorRefusal> {
        let open = self.open && knock.area == Area::Chat;
        let refuse = |refusal| if self.admin.is_some() { DoorRefusal::NoKey } else { refusal };
        if !open {
            if !knock.peer.is_some_and(|peer| peer.to_canonical().is_loopback()) {
                return Err(refuse(DoorRefusal::Remote(knock.area)));
            }
            if let Some(header) = knock.forwarded_by() {
                return Err(refuse(DoorRefusal::Forwarded { header, area: knock.area }));
            }
        }
        // An address cannot be made to mean another machine, a name can.
        let is_known = |host: &NamedHost| {
            host.is_loopback() || self.hosts.contains(host) || open && matches!(host, NamedHost::Address(_))
        };
        if names.is_empty() || !names.iter().all(|name| is_known(&name.host)) {
            return Err(DoorRefusal::UnknownHost);
        }
        let admitted = knock.area == Area::Chat && knock.origin().is_some_and(|o| self.origins.admit(o));
        if !admitted {
            knock.comes_from_no_other_page(names, &self.hosts)?;
            knock.is_no_unmarked_page()?;
        }
        knock.is_no_form()?;
        Ok(Caller::default())
    }
}

#[cfg(test)]
mod tests;
