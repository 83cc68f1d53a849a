use crate::bindings::exports::qianfan::reader::documents::Document;
pub(crate) fn read(_: &[u8]) -> Result<Document, String> { Err("not yet".into()) }
