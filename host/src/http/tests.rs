use std::collections::BTreeSet;

/// A method and a path, such as `GET /v1/jobs/{}`: names of what stands in a path are left out.
type RouteNames = BTreeSet<String>;

fn route(method: &str, path: &str) -> String {
    let path = path.replace('…', "/v1/knowledge-bases/{}");
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

/// What the router's source says.
fn served() -> RouteNames {
    let source = include_str!("../http.rs");
    let mut served = RouteNames::new();
    for call in source.split(".route(").skip(1) {
        let call = call.split("\n        .").next().unwrap();
        let path = call.split('"').nth(1).unwrap();
        for method in ["get", "post", "patch", "put", "delete"] {
            let begins = [format!(" {method}("), format!(".{method}(")];
            if begins.iter().any(|begin| call.contains(begin.as_str())) {
                served.insert(route(&method.to_uppercase(), path));
            }
        }
    }
    served
}

/// What the first table of docs/api.md says: a path without a method has that of the path before it.
fn documented() -> RouteNames {
    let documented = include_str!("../../../docs/api.md");
    let rows = documented.lines().skip_while(|line| !line.starts_with("| path")).skip(2);
    let mut routes = RouteNames::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let mut method = "";
        for span in row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2) {
            let path = match span.split_once(' ') {
                Some((named, path)) => {
                    method = named;
                    path
                }
                None => span,
            };
            routes.insert(route(method, path));
        }
    }
    routes
}

#[test]
fn every_path_is_documented_and_nothing_else_is() {
    let (served, documented) = (served(), documented());
    assert!(served.len() > 50, "the table of paths was not found: {served:?}");
    // What a browser asks for once it is there.
    let of_the_page = |path: &&String| path.starts_with("GET /console");
    let unsaid: Vec<_> = served.difference(&documented).filter(|path| !of_the_page(path)).collect();
    let gone: Vec<_> = documented.difference(&served).collect();
    assert!(unsaid.is_empty(), "docs/api.md says nothing of {unsaid:?}");
    assert!(gone.is_empty(), "docs/api.md tells of {gone:?}, which there is not");
}
