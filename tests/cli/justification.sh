# SPDX-License-Identifier: BSD-3-Clause
# What an act says to people in their language is in the image, and makes another serial.
cat >justification.yaml <<'END'
    justification:
      - language: cs
        text: Blokováno kvůli varování
      - language: en
        text: Blocked for a warning
END
sed '/^    short:/r justification.yaml' data/good.yaml >good.yaml
"$RPZGEN" build data/good.yaml -o out --date 2026-01-01
grep -c 'Blokováno' out/demo.policy
"$RPZGEN" build good.yaml -o out --date 2026-01-01
grep -c 'Blokováno kvůli varování' out/demo.policy
grep -c 'Blocked for a warning' out/demo.policy
