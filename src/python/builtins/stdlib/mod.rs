//! The part of the standard library that settings, models and migrations use. What a module here
//! lacks is unknown, and so is a module that is not here.

mod collections;
mod configs;
mod contextlib;
mod copying;
mod dataclasses;
pub(super) mod datetime;
pub(super) mod decimal;
mod enums;
mod functools;
mod itertools;
mod json;
mod known_names;
mod math;
mod operator;
mod os;
pub(super) mod pathlib;
mod paths;
pub(super) mod re;
mod system;
mod texts;
mod typing;
pub(super) mod uuid;

use std::rc::Rc;

use super::native_class;
use crate::python::interpreter::{Args, Eval, Interpreter, NativeModule};
use crate::python::object::{Class, Namespace, Native, Object};
use crate::python::syntax::Name;

pub(crate) use enums::{enum_class_new, enum_dict, members};

/// A module that is written in Rust, in full or only by the names of what it has.
pub(super) fn module(name: &str) -> Option<NativeModule> {
    written(name).or_else(|| known_names::lists(name).then_some(no_names as NativeModule))
}

fn no_names(_: &mut Interpreter) -> Namespace {
    Namespace::default()
}

/// Adds what else a module of the standard library has: names whose results are not known.
pub(super) fn complete(i: &mut Interpreter, module: &str, names: &mut Namespace) {
    if let Some(module) = known_names::listed_name(module) {
        known_names::add(i, module, names);
    }
}

fn written(name: &str) -> Option<NativeModule> {
    Some(match name {
        "__future__" => system::future,
        "abc" => system::abc,
        "ast" => texts::ast_module,
        "base64" => texts::base64,
        "builtins" => system::builtins,
        "calendar" => system::calendar,
        "collections" => collections::module,
        "collections.abc" => collections::abstract_module,
        "configparser" => configs::module,
        "contextlib" => contextlib::module,
        "copy" => copying::module,
        "dataclasses" => dataclasses::module,
        "datetime" => datetime::module,
        "decimal" => decimal::module,
        "enum" => enums::module,
        "functools" => functools::module,
        "gettext" => system::gettext,
        "html" => texts::html,
        "importlib" => system::importlib,
        "importlib.util" => system::importlib_util,
        "inspect" => system::inspect,
        "itertools" => itertools::module,
        "json" => json::module,
        "keyword" => texts::keyword,
        "logging" => system::logging,
        "math" => math::module,
        "numbers" => system::numbers,
        "operator" => operator::module,
        "os" => os::module,
        "os.path" | "posixpath" => paths::module,
        "pathlib" => pathlib::module,
        "re" => re::module,
        "string" => texts::string,
        "sys" => system::sys,
        "textwrap" => texts::textwrap,
        "threading" => system::threading,
        "types" => system::types,
        "typing" | "typing_extensions" => typing::module,
        "urllib.parse" => texts::url,
        "uuid" => uuid::module,
        "warnings" => system::warnings,
        "weakref" => system::weakref,
        "zoneinfo" => system::zoneinfo,
        _ => return None,
    })
}

/// Says that a class has more than is written here.
fn leave_open(i: &Interpreter, class: &Rc<Class>) {
    if let Object::Unknown(why) = i.unknown(format!("what {} does is not worked out", class.path())) {
        *class.open.borrow_mut() = Some(why);
    }
}

/// The names of a module: its functions, by the last parts of their paths.
fn names_of(functions: &'static [Native]) -> Namespace {
    let mut names = Namespace::default();
    for function in functions {
        let name = function.path.rsplit('.').next().unwrap_or(function.path);
        names.insert(Name::new_static(name), Object::Native(function));
    }
    names
}

/// Adds a class to a module's names.
fn add_class(
    i: &mut Interpreter,
    names: &mut Namespace,
    module: &str,
    name: &'static str,
    bases: &[Rc<Class>],
    methods: &'static [Native],
) -> Rc<Class> {
    let class = native_class(&i.types, module, name, bases, methods);
    names.insert(Name::new_static(name), Object::Class(class.clone()));
    class
}

/// A function or class decorator that gives back what it is given.
fn first_argument(_: &mut Interpreter, mut args: Args) -> Eval {
    Ok(args.take_first().unwrap_or(Object::None))
}

/// A function that does nothing that could be seen here.
fn nothing(_: &mut Interpreter, _: Args) -> Eval {
    Ok(Object::None)
}

/// Top-level modules of CPython 3.8 to 3.14 (`sys.stdlib_module_names` and those since removed), sorted.
pub(super) static NAMES: &[&str] = &[
    "__future__", "_abc", "_aix_support", "_android_support", "_ast", "_asyncio", "_bisect", "_blake2",
    "_bootlocale", "_bootsubprocess", "_bz2", "_codecs", "_codecs_cn", "_codecs_hk", "_codecs_iso2022",
    "_codecs_jp", "_codecs_kr", "_codecs_tw", "_collections", "_collections_abc", "_colorize",
    "_compat_pickle", "_compression", "_contextvars", "_crypt", "_csv", "_ctypes", "_curses",
    "_curses_panel", "_datetime", "_dbm", "_decimal", "_elementtree", "_frozen_importlib",
    "_frozen_importlib_external", "_functools", "_gdbm", "_hashlib", "_heapq", "_imp", "_interpchannels",
    "_interpqueues", "_interpreters", "_io", "_ios_support", "_json", "_locale", "_lsprof", "_lzma",
    "_markupbase", "_md5", "_msi", "_multibytecodec", "_multiprocessing", "_opcode", "_opcode_metadata",
    "_operator", "_osx_support", "_overlapped", "_pickle", "_posixshmem", "_posixsubprocess", "_py_abc",
    "_pydatetime", "_pydecimal", "_pyio", "_pylong", "_pyrepl", "_queue", "_random", "_scproxy", "_sha1",
    "_sha2", "_sha256", "_sha3", "_sha512", "_signal", "_sitebuiltins", "_socket", "_sqlite3", "_sre",
    "_ssl", "_stat", "_statistics", "_string", "_strptime", "_struct", "_suggestions", "_symtable",
    "_sysconfig", "_thread", "_threading_local", "_tkinter", "_tokenize", "_tracemalloc", "_typing",
    "_uuid", "_warnings", "_weakref", "_weakrefset", "_winapi", "_wmi", "_zoneinfo", "abc", "aifc",
    "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat", "asyncio", "asyncore", "atexit",
    "audioop", "base64", "bdb", "binascii", "binhex", "bisect", "builtins", "bz2", "cProfile", "calendar",
    "cgi", "cgitb", "chunk", "cmath", "cmd", "code", "codecs", "codeop", "collections", "colorsys",
    "compileall", "compression", "concurrent", "configparser", "contextlib", "contextvars", "copy",
    "copyreg", "crypt", "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib",
    "dis", "distutils", "doctest", "email", "encodings", "ensurepip", "enum", "errno", "faulthandler",
    "fcntl", "filecmp", "fileinput", "fnmatch", "formatter", "fractions", "ftplib", "functools", "gc",
    "genericpath", "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq",
    "hmac", "html", "http", "idlelib", "imaplib", "imghdr", "imp", "importlib", "inspect", "io",
    "ipaddress", "itertools", "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma",
    "macpath", "mailbox", "mailcap", "marshal", "math", "mimetypes", "mmap", "modulefinder", "msilib",
    "msvcrt", "multiprocessing", "netrc", "nis", "nntplib", "nt", "ntpath", "nturl2path", "numbers",
    "opcode", "operator", "optparse", "os", "ossaudiodev", "parser", "pathlib", "pdb", "pickle",
    "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath", "pprint",
    "profile", "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue",
    "quopri", "random", "re", "readline", "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets",
    "select", "selectors", "shelve", "shlex", "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr",
    "socket", "socketserver", "spwd", "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat",
    "statistics", "string", "stringprep", "struct", "subprocess", "sunau", "symbol", "symtable", "sys",
    "sysconfig", "syslog", "tabnanny", "tarfile", "telnetlib", "tempfile", "termios", "textwrap", "this",
    "threading", "time", "timeit", "tkinter", "token", "tokenize", "tomllib", "trace", "traceback",
    "tracemalloc", "tty", "turtle", "turtledemo", "types", "typing", "unicodedata", "unittest", "urllib",
    "uu", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser", "winreg", "winsound", "wsgiref",
    "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
];

/// What is in `sys.modules` once `manage.py` has imported `django.core.management` (Django 5.2), sorted.
pub(super) static LOADED_FIRST: &[&str] = &[
    "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "binascii", "bisect", "builtins",
    "bz2", "codecs", "collections", "concurrent", "contextlib", "contextvars", "copy", "copyreg",
    "datetime", "decimal", "difflib", "dis", "encodings", "enum", "errno", "fcntl", "fnmatch", "functools",
    "genericpath", "gettext", "glob", "grp", "hashlib", "heapq", "importlib", "inspect", "io", "itertools",
    "keyword", "linecache", "locale", "logging", "lzma", "marshal", "math", "ntpath", "numbers", "opcode",
    "operator", "os", "pathlib", "pickle", "pkgutil", "posix", "posixpath", "pwd", "queue", "random", "re",
    "reprlib", "select", "selectors", "shutil", "signal", "site", "socket", "ssl", "stat", "string",
    "struct", "subprocess", "sys", "tempfile", "termios", "textwrap", "threading", "time", "token",
    "tokenize", "traceback", "types", "typing", "warnings", "weakref", "zipimport", "zlib",
];
