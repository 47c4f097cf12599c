//! Tokens that only this service makes: what is bound to what, until when.

use uuid::Uuid;

/// Makes and checks tokens.
#[derive(Clone, Debug)]
pub struct Seal {
    key: [u8; 32],
}

/// What a token is for. One of another kind is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A denial that may be brought to somebody else.
    Denial,
    /// A request that was brought, and its approval.
    Task,
    /// The next page of a search.
    Page,
}

impl Seal {
    /// With this key, or one that nobody else has.
    pub fn new(key: Option<[u8; 32]>) -> Self {
        let random = || {
            let bytes = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes).concat();
            blake3::derive_key("kulanz 2026 authzen tokens of one start", &bytes)
        };
        Self { key: key.unwrap_or_else(random) }
    }

    fn mark(&self, purpose: Purpose, parts: &[&str]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(format!("{purpose:?}").as_bytes());
        for part in parts {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize()
    }

    /// A token that says `open` and is bound to `bound` besides.
    pub fn make(&self, purpose: Purpose, open: &[&str], bound: &[&str]) -> String {
        format!("{}.{}", open.join("."), self.mark(purpose, &[open, bound].concat()).to_hex())
    }

    /// What a token says, where it is one of these and is bound to this. The time that it takes says nothing of the mark.
    pub fn check<'t, const N: usize>(&self, purpose: Purpose, token: &'t str, bound: &[&str]) -> Option<[&'t str; N]> {
        let (open, mark) = token.rsplit_once('.')?;
        let open: [&str; N] = open.split('.').collect::<Vec<_>>().try_into().ok()?;
        let mark = blake3::Hash::from_hex(mark).ok()?;
        (mark == self.mark(purpose, &[&open, bound].concat())).then_some(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_one_thing_of_one_service() {
        let seal = Seal::new(None);
        let token = seal.make(Purpose::Task, &["a", "b"], &["c"]);
        assert_eq!(seal.check(Purpose::Task, &token, &["c"]), Some(["a", "b"]));
        assert_eq!(seal.check::<2>(Purpose::Task, &token, &["d"]), None);
        assert_eq!(seal.check::<2>(Purpose::Page, &token, &["c"]), None);
        assert_eq!(seal.check::<1>(Purpose::Task, &token, &["c"]), None);
        assert_eq!(seal.check::<2>(Purpose::Task, &token.replacen('a', "x", 1), &["c"]), None);
        assert_eq!(seal.check::<2>(Purpose::Task, &seal.make(Purpose::Task, &["a"], &["b", "c"]), &["c"]), None, "parts are told apart");
        assert_eq!(Seal::new(None).check::<2>(Purpose::Task, &token, &["c"]), None);
        for none in ["", ".", "a.b", "a.b.c"] {
            assert_eq!(seal.check::<2>(Purpose::Task, none, &["c"]), None);
        }
        let (one, other) = (Seal::new(Some([1; 32])), Seal::new(Some([1; 32])));
        assert!(other.check::<1>(Purpose::Denial, &one.make(Purpose::Denial, &["x"], &[]), &[]).is_some());
    }
}
