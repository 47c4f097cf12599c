#[test]
#[ignore]
fn probe() {
    let Ok(entries) = std::env::var("PROBE") else { return };
    for path in entries.split_whitespace() {
        match super::checked(std::path::Path::new(path)) {
            Ok(_) => println!("{path}: clean"),
            Err(text) => println!("### {path}\n{text}"),
        }
    }
}

fn texts(folder: &std::path::Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, out);
        } else if path.extension().is_some_and(|e| e == "kulanz" || e == "csv") {
            out.push((
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read_to_string(&path).unwrap().replace("includes \"../company\"", ""),
            ));
        }
    }
}

/// Swaps words at random: no panic, and never a failure without a problem.
#[test]
#[ignore]
fn mangle() {
    let mut seed = 88_172_645_463_325_252_u64;
    let mut next = move |n: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % n as u64).unwrap()
    };
    let mut clean = 0;
    let mut wrong = 0;
    let mut form = 0;
    for folder in ["tests/policy/reference/shop", "policies/city-utility"] {
        let mut all = Vec::new();
        texts(&super::root(folder), &mut all);
        let words: Vec<String> = all.iter().flat_map(|(_, t)| t.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
        for _ in 0..120 {
            let mut mutated = all.clone();
            for _ in 0..=next(3) {
                let file = next(mutated.len());
                let text = &mutated[file].1;
                let spots: Vec<usize> = text.match_indices(' ').map(|(at, _)| at + 1).collect();
                if spots.is_empty() {
                    continue;
                }
                let at = spots[next(spots.len())];
                let end = text[at..].find(char::is_whitespace).map_or(text.len(), |n| at + n);
                let new = format!("{}{}{}", &text[..at], words[next(words.len())], &text[end..]);
                mutated[file].1 = new;
            }
            let named: Vec<(&str, &str)> = mutated.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let (pack, problems) = kulanz::pack::Pack::from_texts(&named);
            match super::check(&pack) {
                Ok(_) => clean += 1,
                Err(found) if problems.is_empty() => {
                    assert!(!found.is_empty());
                    wrong += 1;
                    if wrong % 6 == 0 {
                        println!("{}", super::shown(&found, &pack));
                    }
                }
                Err(found) => {
                    form += 1;
                    if form % 8 == 0 && !found.is_empty() {
                        println!("-- with form\n{}\n--\n{}", super::shown(&problems, &pack), super::shown(&found, &pack));
                    }
                }
            }
        }
    }
    println!("{clean} clean {wrong} wrong {form} form");
}
