//! The curl lines of the README, read as a shell and curl would read them.

use super::example::Example;

/// Every `$ curl …` of a page, with the first line of the answer that stands below it.
pub fn examples(page: &str) -> Vec<Example> {
    // The indentation is the page's.
    let page = page.replace("\n    ", "\n").replace("\\\n", "");
    let mut lines = page.lines().map(str::trim).peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ curl ") else {
            continue;
        };
        let answer = lines.peek().filter(|next| !next.starts_with('$'));
        found.push(example(command, answer.copied().unwrap_or_default()));
    }
    found
}

fn example(command: &str, answer: &str) -> Example {
    let (command, comment) = command.split_once(" # ").unwrap_or((command, ""));
    let words = shlex::split(command).unwrap_or_else(|| panic!("quotes: {command}"));
    let mut example = Example {
        title: command.to_owned(),
        method: "GET".to_owned(),
        status: comment.split(' ').next().and_then(|word| word.parse().ok()),
        answer: answer.to_owned(),
        ..Example::default()
    };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word}: {command}"));
        match word.as_str() {
            "-s" | "-i" | "-si" => {}
            "-X" => example.method = value(),
            "-H" => example.header(&value()),
            "-d" => {
                example.body = value();
                if example.method == "GET" {
                    "POST".clone_into(&mut example.method);
                }
            }
            url if !url.starts_with('-') => url.clone_into(&mut example.url),
            other => panic!("teach this test the option {other}: {command}"),
        }
    }
    example
}
