#![allow(clippy::all, clippy::panic, clippy::print_stdout, clippy::indexing_slicing, clippy::unwrap_used, missing_docs)]
use capsim::diagnostics::*;
use capsim::document::*;
use capsim::engine::*;
use capsim::plan::*;
use capsim::units::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::*;
thread_local! { static C: RefCell<BTreeMap<&'static str, u64>> = RefCell::new(BTreeMap::new()); }
fn c(k: &'static str) {
    C.with(|c| *c.borrow_mut().entry(k).or_insert(0) += 1);
}
#[derive(Debug, Clone, Copy)]
struct N(f64);
impl Add for N {
    type Output = N;
    fn add(self, o: N) -> N {
        c("add");
        N(self.0 + o.0)
    }
}
impl Sub for N {
    type Output = N;
    fn sub(self, o: N) -> N {
        c("add");
        N(self.0 - o.0)
    }
}
impl Mul for N {
    type Output = N;
    fn mul(self, o: N) -> N {
        c("mul");
        N(self.0 * o.0)
    }
}
impl Div for N {
    type Output = N;
    fn div(self, o: N) -> N {
        c("div");
        N(self.0 / o.0)
    }
}
impl AddAssign for N {
    fn add_assign(&mut self, o: N) {
        *self = *self + o;
    }
}
impl SubAssign for N {
    fn sub_assign(&mut self, o: N) {
        *self = *self - o;
    }
}
impl Scalar for N {
    type Mask = bool;
    type Per = N;
    const ZERO: N = N(0.0);
    const ONE: N = N(1.0);
    const INVALID: N = N(f64::NAN);
    const GRAIN: N = N(4e-15);
    fn of(v: Decimal) -> N {
        c("of");
        N(f64::of(v))
    }
    fn whole(v: i128) -> N {
        c("whole");
        N(f64::whole(v))
    }
    fn constant(v: &Constant) -> N {
        c("constant");
        N(v.float())
    }
    fn lt(self, o: N) -> bool {
        c("lt");
        self.0 < o.0
    }
    fn select(m: bool, y: N, n: N) -> N {
        c("select");
        if m { y } else { n }
    }
    fn per(self, d: N) -> N {
        self / d
    }
    fn times(self, r: N) -> N {
        self * r
    }
    fn inverse(r: N) -> N {
        N::ONE / r
    }
    fn chained(a: N, b: N) -> N {
        a * b
    }
    fn pick(m: bool, y: N, n: N) -> N {
        N::select(m, y, n)
    }
    fn rounded(self, p: u32, d: Direction) -> N {
        N(self.0.rounded(p, d))
    }
    fn is_valid(self) -> bool {
        c("valid");
        self.0.is_finite()
    }
    fn approximate(self) -> f64 {
        self.0
    }
}
struct Text(String);
impl Files for Text {
    fn read(&mut self, _: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        Ok(FileText { key: path.to_owned(), name: path.to_owned(), bytes: self.0.clone().into_bytes() })
    }
}
struct O;
fn show(k: &str) {
    C.with(|c| {
        let mut c = c.borrow_mut();
        println!("{k:28} {} {:?}", c.values().sum::<u64>(), c);
        c.clear();
    });
}
impl Observer<N> for O {
    fn begin(&mut self, s: usize) {
        show(&format!("before {s}"));
    }
    fn end(&mut self, s: usize, _: &State<N>) {
        show(&format!("step {s}"));
    }
}
fn main() {
    let text = std::fs::read_to_string("scenarios/bench/mega-round.toml").unwrap();
    let (mut bag, mut sources) = (Bag::default(), Sources::default());
    let d = load(&Request { path: "x.toml".into(), ..Request::default() }, &mut Text(text), &mut sources, &mut bag)
        .unwrap();
    let s = capsim::scenario::scenario(&d, &mut bag).unwrap();
    let p = plan(&s, &mut bag);
    for (i, st) in p.steps.iter().enumerate() {
        println!("{i} {} {:?}", st.path, st.kind);
    }
    let f: Vec<N> = p.values.iter().map(|v| N(f64::of(*v))).collect();
    let mut st = State::new(&p);
    C.with(|c| c.borrow_mut().clear());
    play(&p, &f, &mut st, &mut O).unwrap();
    show("months");
}
