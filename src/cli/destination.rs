//! Which answer goes where: `--format human --format sarif --output report.sarif`, each `--output`
//! belonging to the format before it, as `RSpec` and `RuboCop` pair them.

use std::path::PathBuf;

use clap::ArgMatches;

use super::arguments::{CheckArguments, Format};

/// A format with the file that it goes to; `None` is standard output.
type Destination = (Format, Option<PathBuf>);

/// Pairs formats and files by their order on the command line.
///
/// # Errors
/// A file that belongs to no format, or two formats for standard output.
pub(super) fn pair(args: &CheckArguments, matches: &ArgMatches) -> Result<Vec<Destination>, String> {
    let places = |name: &str| matches.indices_of(name).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let formats = places("format").into_iter().zip(&args.format);
    let files = places("output").into_iter().zip(&args.output);
    pair_in_order(formats.map(|(at, format)| (at, *format)).collect(), files.collect())
}

fn pair_in_order(
    formats: Vec<(usize, Format)>,
    files: Vec<(usize, &PathBuf)>,
) -> Result<Vec<Destination>, String> {
    let formats = if formats.is_empty() { vec![(0, Format::default())] } else { formats };
    let mut out: Vec<Destination> = formats.iter().map(|(_, format)| (*format, None)).collect();
    let only = formats.len() == 1;
    for (at, file) in files {
        let before = formats.iter().rposition(|(place, _)| *place < at);
        // `--output FILE --format json` leaves no doubt either.
        let index = if only { Some(0) } else { before };
        let shown = file.display();
        match index.and_then(|index| out.get_mut(index)) {
            Some((_, place @ None)) => *place = Some(file.clone()),
            Some(_) => return Err(format!("`--output {shown}`: the format before it has a file already")),
            None => return Err(format!("`--output {shown}`: name its `--format` before it")),
        }
    }
    let is_standard = |file: &Option<PathBuf>| file.as_ref().is_none_or(|file| file.as_os_str() == "-");
    if out.iter().filter(|(_, file)| is_standard(file)).count() > 1 {
        return Err("standard output takes one format; give the others an `--output` each".to_owned());
    }
    for (_, file) in &mut out {
        *file = file.take().filter(|file| file.as_os_str() != "-");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(formats: &[(usize, Format)], files: &[(usize, &str)]) -> Result<String, String> {
        let files: Vec<(usize, PathBuf)> = files.iter().map(|(at, file)| (*at, file.into())).collect();
        let files = files.iter().map(|(at, file)| (*at, file)).collect();
        let shown = |(format, file): (Format, Option<PathBuf>)| {
            format!("{format:?}={}", file.map_or_else(String::new, |file| file.display().to_string()))
        };
        let pairs = pair_in_order(formats.to_vec(), files)?;
        Ok(pairs.into_iter().map(shown).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_file_belongs_to_the_format_before_it() {
        use Format::{Human, Json, Sarif};
        assert_eq!(paired(&[], &[]).unwrap(), "Human=");
        assert_eq!(paired(&[], &[(2, "a")]).unwrap(), "Human=a");
        assert_eq!(paired(&[(4, Json)], &[(2, "a")]).unwrap(), "Json=a");
        assert_eq!(paired(&[(2, Human), (4, Sarif)], &[(6, "a")]).unwrap(), "Human= Sarif=a");
        assert_eq!(paired(&[(2, Human), (6, Sarif)], &[(4, "-"), (8, "b")]).unwrap(), "Human= Sarif=b");
        assert!(paired(&[(2, Human), (4, Sarif)], &[]).is_err());
        assert!(paired(&[(4, Human), (6, Sarif)], &[(2, "a")]).is_err());
        assert!(paired(&[(2, Human)], &[(4, "a"), (6, "b")]).is_err());
    }
}
