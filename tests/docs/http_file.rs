//! `docs/examples.http`, in the syntax of the REST clients of editors.

use super::example::Example;

/// The requests of a file: each begins with `###`.
pub fn examples(file: &str) -> Vec<Example> {
    file.split("\n###").skip(1).map(example).collect()
}

fn example(block: &str) -> Example {
    let mut lines = block.lines();
    let mut example = Example {
        title: lines.next().unwrap_or_default().trim().to_owned(),
        ..Example::default()
    };
    let mut rest = lines.skip_while(|line| line.trim().is_empty());
    for line in rest.by_ref() {
        if let Some(name) = line.strip_prefix("# @name ") {
            example.name = Some(name.trim().to_owned());
        } else if let Some(status) = line.strip_prefix("# Answer: ") {
            example.status = status.trim().parse().ok();
        } else if line.starts_with('#') {
        } else if example.method.is_empty() {
            let (method, url) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
            (example.method, example.url) = (method.to_owned(), url.trim().to_owned());
        } else if line.starts_with([' ', '?', '&']) && example.headers.is_empty() {
            // the query string goes on
            example.url += line.trim();
        } else if line.is_empty() {
            break;
        } else {
            example.header(line);
        }
    }
    let body: Vec<&str> = rest.collect();
    body.join("\n").trim().clone_into(&mut example.body);
    example
}
