use capsim::{cli::files::Disk, diagnostics::*, document::*, outcome::*, scenario::scenario};
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (path, cases) = match args[0].rsplit_once('@') { Some((p, c)) => (p.to_owned(), vec![c.to_owned()]), None => (args[0].clone(), vec![]) };
    let mut bag = Bag::default();
    let mut sources = Sources::default();
    let req = Request { path, cases, ..Default::default() };
    let mut disk = Disk::new(&[]).unwrap();
    let out = load(&req, &mut disk, &mut sources, &mut bag).and_then(|d| scenario(&d, &mut bag)).and_then(|s| run(s, &mut bag));
    for d in bag.sorted() { eprintln!("{}[{}]: {} {}", if d.severity()==Severity::Fault {"error"} else {"note"}, d.code, d.message, d.span.map(|s| sources.place(s)).unwrap_or_default()); for h in &d.help { eprintln!("   help: {h}"); } }
    match out { None => std::process::exit(2), Some(o) => {
        println!("{{");
        let ms = metrics(&o, When::End);
        for (i, m) in ms.iter().enumerate() { println!("  \"{}\": \"{}\"{}", m.path, m.value, if i + 1 == ms.len() {""} else {","}); }
        println!("}}");
    } }
}
