//! What is wrong with a minijinja template, as far as it is known before any turn renders it: tags that are wrong, and
//! what a template calls or names in vain. The host's prompts and the templates of the plugin `http-api` are held to it.

pub mod calls;
pub mod names;
pub mod needs;
pub mod tags;
