mod common;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::*;
#[test]
fn probe() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut ok = 0;
    let mut why = std::collections::BTreeMap::new();
    let start = std::time::Instant::now();
    for n in 0..300 {
        let m = common::models().new_tree(&mut runner).unwrap().current();
        let p = m.play();
        if p.outcome.is_some() {
            ok += 1;
        } else {
            for f in p.faults() {
                let c = f.rsplit('[').next().unwrap().to_owned();
                let e = why.entry(c).or_insert((0, String::new()));
                e.0 += 1;
                e.1 = f;
                if n < 3 {
                    println!("{}", m.text());
                }
            }
        }
        if n == 5 {
            println!("{}", m.text());
        }
    }
    println!("{ok} of 300, {:?} {:#?}", start.elapsed(), why);
}
