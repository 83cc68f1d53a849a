//! What an endpoint's refusal means for who asked, as far as its codes tell.

use serde_json::Value;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Too much at once: the same request may be answered a little later.
    Busy,
    /// What may be asked in a day, or has been paid for, is used up: it may be answered much later.
    Spent,
    /// The request is at fault: too long, or with a parameter that the model does not take.
    Request,
    /// The host's own settings are: a key, the name of a model, an address.
    Setup,
    /// Nobody is there who could answer: a gateway before the model says so, or the connection closed without a
    /// byte. [`crate::breaker`] counts the same.
    Away,
    /// Anything else, which may pass.
    Other,
}

impl Meaning {
    /// What a vendor's number means, where it is a known one.
    pub fn of_number(vendor: Vendor, code: &str) -> Option<Self> {
        Some(match (vendor, code.trim()) {
            // Too many requests of all callers, a second, while it is busy, a minute, tokens a minute.
            (Vendor::Baidu, "4" | "18" | "336100" | "336501" | "336502" | "336503") => Self::Busy,
            // Calls in a day, and in all.
            (Vendor::Baidu, "17" | "19") => Self::Spent,
            // A parameter, the length, the messages.
            (Vendor::Baidu, "336001" | "336002" | "336003" | "336006" | "336007" | "336103" | "336104") => {
                Self::Request
            }
            // Permissions, the token, and a service that is not open.
            (Vendor::Baidu, "3" | "6" | "13" | "14" | "15" | "100" | "110" | "111" | "336004" | "336005") => {
                Self::Setup
            }
            // Requests and tokens, what is paid for, the key, a parameter.
            (Vendor::MiniMax, "1002" | "1039") => Self::Busy,
            (Vendor::MiniMax, "1008") => Self::Spent,
            (Vendor::MiniMax, "1004" | "2049") => Self::Setup,
            (Vendor::MiniMax, "2013") => Self::Request,
            // At once, in a while, and while it is busy; the account; the token; a parameter and the length.
            (Vendor::Zhipu, "1302" | "1303" | "1305") => Self::Busy,
            (Vendor::Zhipu, "1113" | "1304" | "1308") => Self::Spent,
            (Vendor::Zhipu, "1000" | "1001" | "1002" | "1003" | "1004" | "1211" | "1220") => Self::Setup,
            (Vendor::Zhipu, "1210" | "1213" | "1214" | "1261" | "1301") => Self::Request,
            _ => return None,
        })
    }

    /// What a code in words means.
    pub fn of_word(code: &str) -> Option<Self> {
        let word = plain_code(code);
        let holds = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
        if holds(&["resourceinsufficient"]) {
            // Tencent's, of what is paid for: `ResourceInsufficient.ChargeResourceExhausted`.
            Some(Self::Spent)
        } else if holds(&[
            "ratelimit",
            "requestlimit",
            "toomanyrequests",
            "throttl",
            "overload",
            "busy",
            "resourceexhausted",
        ]) {
            Some(Self::Busy)
        } else if holds(&[
            "quota",
            "insufficientbalance",
            "insufficientcredit",
            "arrear",
            "overdue",
            "dailylimit",
            "packexhausted",
        ]) {
            Some(Self::Spent)
        } else if word.starts_with("limitexceeded") || holds(&["serverlimitexceeded"]) {
            // Of requests, and not of what one may hold.
            Some(Self::Busy)
        } else if holds(&[
            "apikey",
            "authentication",
            "unauthorized",
            "permission",
            "accessdenied",
            "accesstoken",
            "authfailure",
        ]) || holds(&["iamtoken", "modelnotfound", "invalidmodel", "modelnotexist"])
        {
            Some(Self::Setup)
        } else if holds(&[
            "contextlength",
            "invalidparameter",
            "tokenstoolong",
            "contentfilter",
            "datainspection",
        ]) {
            Some(Self::Request)
        } else {
            None
        }
    }

    /// What a status means, where it says anything.
    pub fn of_status(status: u16) -> Option<Self> {
        match status {
            429 => Some(Self::Busy),
            402 => Some(Self::Spent),
            400 | 413 | 422 => Some(Self::Request),
            _ if tells_of_absence(status) => Some(Self::Away),
            // It took too long, came at the wrong moment, or met another: none of that is anybody's setting.
            408 | 409 | 425 | 499 | 500..=599 => Some(Self::Other),
            300..=499 => Some(Self::Setup),
            _ => None,
        }
    }
}

/// The vendor whose number a code is, as its place shows: numbers are each vendor's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// `error_code`.
    Baidu,
    /// MiniMax, whose codes are within `base_resp`.
    MiniMax,
    /// Zhipu, whose codes are within `error`.
    Zhipu,
    /// The code stands anywhere else.
    Unknown,
}

/// A code without what is between its words.
pub fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a status says that the server behind a gateway is away, which is no answer of its own.
pub fn tells_of_absence(status: u16) -> bool {
    matches!(status, 502..=504)
}

/// Whether the codes of an answer in JSON say that too much is asked at once. Of several the first that is known counts:
/// what is used up for today may stand beside the name of a limit.
pub(super) fn is_busy(body: &[u8]) -> bool {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else { return false };
    let answer = answer.get(0).unwrap_or(&answer);
    let codes = [
        (Vendor::Baidu, "/error_code"),
        (Vendor::Zhipu, "/error/code"),
        (Vendor::Zhipu, "/error/type"),
        (Vendor::Unknown, "/code"),
        (Vendor::MiniMax, "/base_resp/status_code"),
    ];
    let codes: Vec<(Vendor, String)> = codes
        .into_iter()
        .filter_map(|(vendor, place)| match answer.pointer(place)? {
            Value::String(code) => Some((vendor, code.clone())),
            Value::Number(code) => Some((vendor, code.to_string())),
            _ => None,
        })
        .collect();
    let of_number = codes.iter().find_map(|(vendor, code)| Meaning::of_number(*vendor, code));
    let of_code = || codes.iter().find_map(|(_, code)| Meaning::of_word(code));
    let of_status = || codes.iter().find_map(|(_, code)| Meaning::of_status(code.trim().parse().ok()?));
    of_number.or_else(of_code).or_else(of_status) == Some(Meaning::Busy)
}

#[cfg(test)]
mod tests;
