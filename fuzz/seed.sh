#!/bin/sh
# Fills fuzz/corpus: what earlier runs found (fuzz/corpus-seed), and the project's own test cases.
set -eu
cd "$(dirname "$0")"
for target in python project sql configuration applied markdown artefact; do
    mkdir -p "corpus/$target" "corpus-seed/$target"
    find "corpus-seed/$target" -type f -exec cp {} "corpus/$target/" \;
done
number=0
for case in ../corpus/*/; do
    number=$((number + 1))
    find "$case" -name '*.py' -size +0 -size -20k | sort | while read -r file; do
        cp "$file" "corpus/python/$number-$(basename "$file")"
    done
    # A set of files is one text: `#---- path` before each.
    (cd "$case" && find . -name '*.py' -size -20k | sort | while read -r file; do
        printf '#---- %s\n' "${file#./}"
        cat "$file"
    done) > "corpus/project/$number"
    [ "$(wc -c < "corpus/project/$number")" -le 20000 ] || rm "corpus/project/$number"
done
