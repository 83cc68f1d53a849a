use super::*;

#[test]
fn names_in_single_braces_are_told_with_what_to_write() {
    let source = "你是{role}，根据{context}回答{ query }。{{ question }}{% for p in passages %}{{ p.text }}{地区}{% endfor %}${name}";
    assert_eq!(names(source), ["role", "context", "query", "地区", "name"]);
    let told = told(source).unwrap();
    for expected in [
        "`{role}`, `{context}`, `{query}`",
        "{{ variables.role | default('') }}",
        "{% for passage in passages %}",
        "{{ question }}",
        "{{ variables[\"地区\"] | default('') }}",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn other_text_with_braces_is_not_told() {
    for source in [
        "{{ question }}{% if plain %}{# {role} #}{% endif %}",
        "以 JSON 回答：{\"answer\": \"…\"}，没有则 {}",
        "h{2}o、{1,2}、{ a: 1 }、{x | y}、a}b{",
        "{% raw %}{{ role }}{% endraw %}",
    ] {
        assert_eq!(told(source), None, "{source}");
    }
}
