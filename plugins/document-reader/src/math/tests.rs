use super::*;

/// `(name text (name …))` read as an equation.
fn said(equation: &str) -> String {
    let mut math = Math::default();
    for token in equation.replace('(', " (").replace(')', " ) ").split_whitespace() {
        match token.strip_prefix('(') {
            Some(name) => {
                let (name, value) = name.split_once('=').unwrap_or((name, ""));
                let value = (!value.is_empty()).then(|| ("val".to_owned(), value.to_owned()));
                math.open(name, value.into_iter().collect()).unwrap();
            }
            None if token == ")" => {
                if let Some(said) = math.close() {
                    return said;
                }
            }
            None => math.text(token),
        }
    }
    panic!("it does not end")
}

#[test]
fn an_equation_is_one_line_of_latex() {
    for (equation, expected) in [
        ("(oMath (r (t S=)))", "S="),
        ("(oMath (f (num (r (t 1)))(den (r (t 2)))))", r"$\frac{1}{2}$"),
        ("(oMath (f (fPr (type=lin))(num (t 1))(den (t 2))))", "1/2"),
        ("(oMath (sSup (e (t B))(sup (t 2))))", "$B^{2}$"),
        ("(oMath (sSubSup (e (t a+b))(sub (t i))(sup (t 2))))", "${a+b}_{i}^{2}$"),
        ("(oMath (rad (radPr (degHide=1))(deg )(e (t C))))", r"$\sqrt{C}$"),
        ("(oMath (rad (deg (t 3))(e (t x))))", r"$\sqrt[3]{x}$"),
        ("(oMath (nary (naryPr (chr=∑))(sub (t i=1))(sup (t n))(e (t x))))", r"$\sum_{i=1}^{n} x$"),
        ("(oMath (d (dPr (begChr=[)(endChr=]))(e (t x))))", "[x]"),
        ("(oMath (func (fName (t sin))(e (t x))))", r"$\sin x$"),
        ("(math (mfrac (mn 1)(mn 2))(msup (mi B)(mn 2))(msqrt (mi C)))", r"$\frac{1}{2}B^{2}\sqrt{C}$"),
        ("(math (munderover (mo ∑)(mi i)(mi n)))", r"$\sum_{i}^{n}$"),
        ("(math (semantics (mrow (mi x))(annotation TeX)))", "x"),
    ] {
        assert_eq!(said(equation), expected, "{equation}");
    }
}
