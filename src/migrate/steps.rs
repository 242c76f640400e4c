//! A long script in steps with titles: lines `-- step: Title`.

/// A part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// What follows `-- step:`.
    pub title: &'a str,
    /// Its statements.
    pub text: &'a str,
    /// The line of the file that the text begins on.
    pub first_line: usize,
}

impl<'a> Step<'a> {
    /// Cuts a script at its step lines; what stands before the first belongs to none.
    pub fn all(script: &'a str) -> Vec<Self> {
        let mut steps: Vec<Self> = Vec::new();
        let (mut at, mut text_start) = (0, 0);
        for (number, line) in script.split_inclusive('\n').enumerate() {
            at += line.len();
            if let Some(title) = line.trim().strip_prefix("-- step:") {
                steps.push(Self {
                    title: title.trim(),
                    text: "",
                    first_line: number + 2,
                });
                text_start = at;
            } else if let Some(step) = steps.last_mut() {
                step.text = script.get(text_start..at).unwrap_or_default();
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn a_step_knows_its_lines() {
        let steps = Step::all(
            "-- A header.\n-- step: One\nselect 1;\n\n-- step: Two\nselect 2;\nselect 3;\n",
        );
        assert_eq!(
            steps,
            [
                Step {
                    title: "One",
                    text: "select 1;\n\n",
                    first_line: 3
                },
                Step {
                    title: "Two",
                    text: "select 2;\nselect 3;\n",
                    first_line: 6
                },
            ]
        );
    }
}
