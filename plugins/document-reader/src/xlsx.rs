//! placeholder
use crate::bindings::exports::qianfan::reader::documents::Document;
pub(crate) fn read(_: Vec<u8>) -> Result<Document, String> { Err("not yet".into()) }
