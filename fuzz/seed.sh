#!/bin/sh
# Fills fuzz/corpus with the project's own test cases: real migrations, models and settings.
set -eu
cd "$(dirname "$0")"
for target in python project sql configuration applied markdown artefact; do
    mkdir -p "corpus/$target"
done
number=0
for case in ../corpus/*/; do
    number=$((number + 1))
    find "$case" -name '*.py' -size +0 | sort | while read -r file; do
        cp "$file" "corpus/python/$number-$(basename "$file")"
    done
    first=$(find "$case" -path '*/migrations/0001*.py' | sort | head -n 1)
    second=$(find "$case" -path '*/migrations/0002*.py' | sort | head -n 1)
    models=$(find "$case" -name 'models.py' | sort | head -n 1)
    {
        for file in "$first" "$second" "$models"; do
            [ -z "$file" ] || cat "$file"
            printf '\n#----\n'
        done
    } > "corpus/project/$number"
    find "$case" -name 'migcheck.toml' -exec cp {} "corpus/configuration/$number" \;
    find "$case" -name '*.json' -size -200k | head -n 1 | while read -r file; do
        cp "$file" "corpus/artefact/$number"
    done
    find "$case" -name '*.sql' | head -n 1 | while read -r file; do cp "$file" "corpus/sql/$number"; done
done
printf '[X]  shop.0001_initial\n[ ]  shop.0002_second ... (shop.0001_initial)\n' > corpus/applied/plan
printf 'shop\n [X] 0001_initial\n [ ] 0002_second (2 squashed migrations)\n' > corpus/applied/list
printf 'id,app,name,applied\n1,shop,0001_initial,2026-01-01\n' > corpus/applied/csv
printf '[{"app": "shop", "name": "0001_initial"}]' > corpus/applied/json
printf '[a](http://b) <b>c</b> ![d](e) @user #1 `f` | h |\n\n# i\n- j\n> k' > corpus/markdown/all
printf "ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 'x''y'; CREATE INDEX CONCURRENTLY c ON a (b) WHERE b > 0;" \
    > corpus/sql/alter
printf 'DO $body$ BEGIN PERFORM 1; END $body$; UPDATE a SET b = c -- why\n;' > corpus/sql/do
