use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use super::*;

fn read_file(bytes: &[u8]) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.py");
    fs::write(&path, bytes).unwrap();
    read(&path, "app/x.py", Content::Python, MAX_BYTES).unwrap()
}

fn messages(reading: &Reading) -> Vec<String> {
    reading.diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let reading = read_file(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n");
    assert_eq!(reading.file.text(), "x = 1\r\ny = 2\r\n");
    assert!(reading.diagnostics.is_empty());
    assert_eq!(reading.file.line(2), Some("y = 2"));
}

#[test]
fn coding_cookies() {
    for (bytes, text) in [
        (&b"# -*- coding: latin-1 -*-\nx = '\xe9\x80'"[..], "x = 'é\u{80}'"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'", "x = '€'"),
        (b"# coding=ISO_8859_15\nx = '\xa4'", "x = '€'"),
        (b"# coding: koi8-r\nx = '\xc4\xc1'", "x = 'да'"),
        (b"\n# coding: utf8\nx = '\xc3\xa9'", "x = 'é'"),
        (b"# coding: shift_jis\nx = '\x93\xfa'", "x = '日'"),
    ] {
        let reading = read_file(bytes);
        assert_eq!(messages(&reading), [""; 0], "{text}");
        assert_eq!(reading.file.text().lines().last(), Some(text));
    }
}

#[test]
fn a_cookie_counts_in_the_first_two_lines_only_and_after_no_code() {
    let third = read_file(b"\n\n# coding: latin-1\nx = '\xe9'");
    assert_eq!(messages(&third), ["app/x.py:4: not UTF-8: byte 0xe9 at offset 25"]);
    let after_code = read_file(b"import os\n# coding: latin-1\nx = '\xe9'");
    assert_eq!(messages(&after_code), ["app/x.py:3: not UTF-8: byte 0xe9 at offset 33"]);
}

#[test]
fn what_python_would_refuse_is_said_and_the_rest_goes_on() {
    let unknown = read_file(b"# coding: klingon\nx = 1");
    assert_eq!(messages(&unknown), ["app/x.py:1: unknown encoding `klingon`"]);
    assert_eq!(unknown.file.line(2), Some("x = 1"));
    let contradiction = read_file(b"\xef\xbb\xbf# coding: latin-1\nx = '\xc3\xa9'");
    let message = "app/x.py:1: coding cookie `latin-1` contradicts the UTF-8 byte order mark";
    assert_eq!(messages(&contradiction), [message]);
    assert_eq!(contradiction.file.line(2), Some("x = 'é'"));
    let ascii = read_file(b"# coding: us-ascii\nx = '\xc3\xa9'");
    assert_eq!(messages(&ascii), ["app/x.py:2: not ASCII: byte 0xc3 at offset 24"]);
    let utf16 = read_file(b"\xff\xfex\x00");
    assert_eq!(utf16.diagnostics.len(), 2);
    let nul = read_file(b"x = 1\ny = '\0'\n");
    assert_eq!(messages(&nul), ["app/x.py:2: a NUL byte (offset 11), which Python does not allow in source"]);
    let cut = read_file("x = 'é".as_bytes().split_last().unwrap().1);
    assert_eq!(messages(&cut), ["app/x.py:1: not UTF-8: byte 0xc3 at offset 5"]);
}

#[test]
fn a_huge_sparse_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.py");
    fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let error = read(&path, "big.py", Content::Python, MAX_BYTES).unwrap_err();
    assert_eq!(error.to_string(), "big.py: 1073741824 bytes, over the limit of 4194304, not read");
    assert_eq!(error.kind, DiagnosticKind::TooLarge);
    fs::File::create(&path).unwrap().write_all(b"12345").unwrap();
    assert!(read(&path, "big.py", Content::Python, 5).is_ok());
    assert!(read(&path, "big.py", Content::Python, 4).is_err());
}

#[test]
fn only_regular_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path(), "models.py", Content::Python, MAX_BYTES).unwrap_err();
    assert_eq!(error.to_string(), "models.py: a folder, not read");
    let gone = folder.path().join("gone.py");
    assert_eq!(
        read(&gone, "gone.py", Content::Text, MAX_BYTES).unwrap_err().kind,
        DiagnosticKind::Unreadable
    );
    if cfg!(unix) {
        let pipe = folder.path().join("pipe.py");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let error = read(&pipe, "pipe.py", Content::Python, MAX_BYTES).unwrap_err();
        assert_eq!(error.to_string(), "pipe.py: not a regular file, not read");
        // Even if the exchange happens between the look and the opening, opening does not wait.
        let opened = super::open(&pipe).unwrap();
        assert!(regular(&opened.metadata().unwrap(), "pipe.py").is_err());
        let zero = PathBuf::from("/dev/zero");
        assert_eq!(read(&zero, "zero.py", Content::Text, 10).unwrap_err().kind, DiagnosticKind::NotAFile);
    }
}
