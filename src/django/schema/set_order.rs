//! The order in which `CPython` iterates a set of tuples of strings.
//!
//! `unique_together` and `index_together` are sets, so the order of their statements is up to
//! Python, and differs from run to run because the hash of a string is salted. The order taken here
//! is the one of an unsalted run (`PYTHONHASHSEED=0`): one of those that Django gives, always the
//! same. `CPython`: `Python/pyhash.c`, `Objects/tupleobject.c` (`tuplehash`), `Objects/setobject.c`.

use std::sync::Arc;

use crate::django::version::DjangoVersion;

/// `SipHash` rounds within and at the end: 2-4 until Python 3.10, 1-3 from 3.11 on. Django 4.2 and
/// before are taken to run on the former.
fn rounds(version: DjangoVersion) -> (usize, usize) {
    if version >= DjangoVersion::V5_0 { (1, 3) } else { (2, 4) }
}

/// `hash(text)` without salt.
fn string_hash(text: &str, version: DjangoVersion) -> u64 {
    let bytes = storage(text);
    if bytes.is_empty() {
        return 0;
    }
    let (inner, end) = rounds(version);
    let hash = siphash(&bytes, inner, end);
    // -1 is an error's value.
    if hash == u64::MAX { u64::MAX - 1 } else { hash }
}

/// The bytes of a string as `CPython` keeps it: one, two or four for each character.
fn storage(text: &str) -> Vec<u8> {
    let widest = text.chars().map(u32::from).max().unwrap_or(0);
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        let code = u32::from(c).to_le_bytes();
        let width = match widest {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        bytes.extend(code.iter().take(width));
    }
    bytes
}

fn siphash(bytes: &[u8], inner: usize, end: usize) -> u64 {
    let mut v: [u64; 4] =
        [0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        let word = chunk.iter().rev().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
        v[3] ^= word;
        round(&mut v, inner);
        v[0] ^= word;
    }
    let tail = rest.iter().rev().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
    let last = ((bytes.len() as u64) << 56) | tail;
    v[3] ^= last;
    round(&mut v, inner);
    v[0] ^= last;
    v[2] ^= 0xff;
    round(&mut v, end);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn round(v: &mut [u64; 4], times: usize) {
    for _ in 0..times {
        v[0] = v[0].wrapping_add(v[1]);
        v[2] = v[2].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[1]);
        v[0] = v[0].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].rotate_left(32);
    }
}

/// `hash((a, b, …))`
fn tuple_hash(names: &[Arc<str>], version: DjangoVersion) -> u64 {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut hash = PRIME_5;
    for name in names {
        hash = hash.wrapping_add(string_hash(name, version).wrapping_mul(PRIME_2));
        hash = hash.rotate_left(31).wrapping_mul(PRIME_1);
    }
    hash = hash.wrapping_add((names.len() as u64) ^ (PRIME_5 ^ 0x35_d373));
    if hash == u64::MAX { 1_546_275_796 } else { hash }
}

/// Puts the items of a set in the order in which Python iterates them, given that of insertion.
pub(crate) fn set_order(items: &[Vec<Arc<str>>], version: DjangoVersion) -> Vec<Vec<Arc<str>>> {
    let mut table: Vec<Option<usize>> = vec![None; 8];
    let hashes: Vec<u64> = items.iter().map(|names| tuple_hash(names, version)).collect();
    let mut filled = 0usize;
    for at in 0..items.len() {
        insert(&mut table, &hashes, at);
        filled += 1;
        if filled * 5 >= (table.len() - 1) * 3 {
            let wanted = if filled > 50_000 { filled * 2 } else { filled * 4 };
            let mut size = 8;
            while size <= wanted {
                size *= 2;
            }
            let old = std::mem::replace(&mut table, vec![None; size]);
            for entry in old.into_iter().flatten() {
                insert(&mut table, &hashes, entry);
            }
        }
    }
    table.into_iter().flatten().filter_map(|at| items.get(at).cloned()).collect()
}

/// `set_add_entry`: up to nine neighbours are tried before the next jump.
fn insert(table: &mut [Option<usize>], hashes: &[u64], item: usize) {
    const PROBES: usize = 9;
    let mask = table.len() as u64 - 1;
    let hash = hashes.get(item).copied().unwrap_or(0);
    let (mut perturb, mut slot) = (hash, hash & mask);
    loop {
        let start = usize::try_from(slot).unwrap_or(0);
        let probes = if start + PROBES < table.len() { PROBES } else { 0 };
        if let Some(free) = table.iter_mut().skip(start).take(probes + 1).find(|entry| entry.is_none()) {
            *free = Some(item);
            return;
        }
        perturb >>= 5;
        slot = (slot.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb)) & mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_an_unsalted_python() {
        // PYTHONHASHSEED=0 python3.12 -c 'print(hash("abc"), hash("unique_together"), hash(("a", "b")))'
        let signed = |hash: u64| i64::from_ne_bytes(hash.to_ne_bytes());
        let new = DjangoVersion::V5_2;
        assert_eq!(signed(string_hash("abc", new)), PYTHON_312.0);
        assert_eq!(signed(string_hash("unique_together", new)), PYTHON_312.1);
        assert_eq!(signed(tuple_hash(&["a".into(), "b".into()], new)), PYTHON_312.2);
        let old = DjangoVersion::V3_2;
        assert_eq!(signed(string_hash("abc", old)), PYTHON_39.0);
    }

    const PYTHON_312: (i64, i64, i64) =
        (-4_594_863_902_769_663_758, -7_978_882_612_856_748_763, 7_372_137_184_884_179_083);
    const PYTHON_39: (i64,) = (4_596_069_200_710_135_518,);
}
