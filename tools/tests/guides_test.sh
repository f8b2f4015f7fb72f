#!/usr/bin/env bash
# Who runs an installation finds every setting in the guides, in both languages, and no setting there that is none.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"

# Those of the tools, which the server minds not, are named in the guide for developers.
tools=$(grep -ohE '"MEMORYVERSE_[A-Z_]+"' backend/settings.cpp | tr -d '"')
for language in en ru; do
  check "the guides in '$language' name every setting" within "$(setting_names)" "$(settings_of docs/guides/$language/*.md)"
  check "and no other" within "$(settings_of docs/guides/$language/*.md)" "$(setting_names && echo "$tools")"
done
