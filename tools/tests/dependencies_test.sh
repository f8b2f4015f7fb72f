#!/usr/bin/env bash
# The dependency rules: what is allowed passes, and each planted violation is found.
# shellcheck source=tools/tests/harness.bash
source "$(dirname "${BASH_SOURCE[0]}")/harness.bash"

tree=$MV_CACHE/tree

# plant FILE TEXT: a file in a tree that is clean otherwise.
plant() {
  rm -rf "$tree"
  mkdir -p "$tree"/core/{base,memories,ports} "$tree"/backend/{http,memories} "$tree"/frontend/src/{services,features/uploads}
  echo '#include "core/base/result.hpp"' >"$tree/core/memories/service.hpp"
  echo '#include <drogon/HttpRequest.h>' >"$tree/backend/http/server.cpp"
  echo '#include "core/memories/service.hpp"' >"$tree/backend/memories/routes.cpp"
  echo 'return fetch(request);' >"$tree/frontend/src/services/api.ts"
  echo "import { Upload } from 'tus-js-client';" >"$tree/frontend/src/features/uploads/uploadService.ts"
  if (($# > 0)); then
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "$2" >"$tree/$1"
  fi
}

# finds FILE TEXT: the check fails, and names the file.
finds() {
  local said
  plant "$@"
  ! said=$(tools/check-dependencies "$tree") && [[ $said == *"$1"* ]]
}

plant
check "a tree that keeps the rules passes" tools/check-dependencies "$tree"
check "core that includes from backend is found" finds core/memories/service.cpp '#include "backend/http/router.hpp"'
check "spaces around the include do not hide it" finds core/memories/service.cpp '  #  include "backend/http/router.hpp"'
check "core/base that includes a feature is found" finds core/base/ids.cpp '#include "core/memories/service.hpp"'
check "a port that knows an adapter is found" finds core/ports/database.hpp '#include "core/adapters/sqlite/database.hpp"'
check "a route that includes Drogon is found" finds backend/memories/routes.cpp '#include <drogon/drogon.h>'
check "main that includes Drogon is found" finds backend/main.cpp '#include <drogon/drogon.h>'
check "an event loop outside backend/http is found" finds backend/realtime/socket.cpp '#include <trantor/net/EventLoop.h>'
check "core that includes Drogon is found" finds core/memories/service.cpp '#include "drogon/HttpRequest.h"'
check "an include by a relative path is found" finds core/memories/service.cpp '#include "../base/result.hpp"'
check "a page that fetches by itself is found" finds frontend/src/pages/Home.vue "const r = await fetch('/api/v1/memories');"
check "a component that fetches through window is found" finds frontend/src/features/a/A.vue "window.fetch('/api/v1/memories')"
check "axios is found" finds frontend/src/features/a/store.ts "import axios from 'axios';"
check "XMLHttpRequest is found" finds frontend/src/features/a/store.ts 'const r = new XMLHttpRequest();'
check "tus outside the uploads is found" finds frontend/src/pages/Home.vue "import { Upload } from 'tus-js-client';"
check "a package imported by its path is found" finds frontend/src/pages/a.ts "import x from '../../../packages/i18n/src';"

plant frontend/src/features/a/store.test.ts "vi.stubGlobal('fetch', () => fetch('/x'));"
check "a test may fetch" tools/check-dependencies "$tree"
plant frontend/src/features/a/queue.ts 'this.fetch(url);'
check "a method that is called fetch is not the browser's" tools/check-dependencies "$tree"
