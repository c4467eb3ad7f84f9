//! Numbers that know their arithmetic: the engine's scalar (one number or many draws), decimals from digits, periods and days.
//!
//! Takes digits and other numbers, gives numbers. Lacks on purpose: anything of scenarios, files or screens.

mod calendar;
mod exact;
mod fraction;
mod number;
mod rounding;
mod scalar;
mod shown;

pub use calendar::Day;
pub use calendar::Month;
pub use calendar::Period;
pub use calendar::ScheduledPeriod;
pub use exact::Decided;
pub use exact::Exact;
pub use exact::Part;
pub use fraction::Fraction;
pub use fraction::common_denominator;
pub use number::NumberFault;
pub use number::decimal_from_digits;
pub use number::product;
pub use number::scaled;
pub use rounding::Direction;
pub use scalar::Constant;
pub use scalar::Floating;
pub use scalar::Mask;
pub use scalar::Scalar;
pub use shown::amount;
pub use shown::currency_sign;
pub use shown::grouped;
pub use shown::magnitude;

/// The exact decimal every written number becomes: 28 significant digits, base ten.
pub use rust_decimal::Decimal;
