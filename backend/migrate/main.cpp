// memoryverse-migrate: moves a whole installation from one database and store to another, between any engines.
//   memoryverse-migrate --from FOLDER|DATABASE_URL STORAGE_URL --to FOLDER|DATABASE_URL STORAGE_URL
// The work is done by core/moving; here it is asked for and told about.

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <iostream>
#include <map>
#include <optional>
#include <print>
#include <string>
#include <vector>

#include "backend/engines.hpp"
#include "backend/folder_lock.hpp"
#include "backend/settings.hpp"
#include "backend/temporary_folder.hpp"
#include "core/base/log.hpp"
#include "core/moving/move.hpp"
#include "core/moving/side.hpp"

namespace {

using namespace mv;
namespace fs = std::filesystem;

constexpr std::string_view kUsage =
    "memoryverse-migrate --from SIDE --to SIDE\n"
    "  SIDE is a data folder, or a database and a store:\n"
    "    ~/.local/share/memoryverse\n"
    "    postgresql://USER@HOST/NAME 's3://BUCKET/?endpoint=https://HOST&region=REGION'\n"
    "  Stop the server of both sides first. Passwords: PGPASSWORD or ~/.pgpass, and AWS_ACCESS_KEY_ID with\n"
    "  AWS_SECRET_ACCESS_KEY in the environment.";

/// One side, opened. Its folder is locked while it is there.
struct Side {
  std::string origin; ///< For people, and to know a move that goes on: no password.
  std::optional<FolderLock> lock{};
  Engines engines{};
};

/// The settings of a side as a server would read them: one word is a data folder, two are URLs.
Result<ServerSettings> settings_of(const std::vector<std::string>& words, ConfigSources sources,
                                   const fs::path& program, const TemporaryFolder& temporary) {
  if (words.empty() || words.size() > 2 || (words.size() == 1 && words[0].contains("://")))
    return fail(ErrorCode::invalid, "move.usage", std::string(kUsage));
  sources.arguments = {"--roles", "worker", "--data", words.size() == 1 ? words[0] : temporary.path()};
  if (words.size() == 2)
    sources.arguments.insert(sources.arguments.end(), {"--database-url", words[0], "--storage-url", words[1]});
  // Those of a server, which is one side at most.
  for (const char* other : {"MEMORYVERSE_DATABASE_URL", "MEMORYVERSE_DATABASE_REPLICAS", "MEMORYVERSE_STORAGE_URL",
                            "MEMORYVERSE_STORAGE_DIRECT", "MEMORYVERSE_REDIS_URL", "MEMORYVERSE_BROKER_URL"})
    sources.variables.erase(other);
  return read_settings(sources, program);
}

/// `postgresql://user:word@host/name` → `postgresql://host/name`.
std::string without_user(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t at = url.find('@');
  if (scheme == std::string::npos || at == std::string::npos) return url.substr(0, url.find('?'));
  return (url.substr(0, scheme + 3) + url.substr(at + 1)).substr(0, url.find('?'));
}

Result<void> open_at(Side& side, const ServerSettings& settings, const Clock& clock, Metrics& metrics) {
  if (settings.database_url.starts_with("sqlite:")) {
    TRY(FolderLock lock, FolderLock::take(fs::path(settings.database_url.substr(7)).parent_path()));
    side.lock.emplace(std::move(lock));
  }
  TRY(side.engines, open_engines(settings, clock, metrics));
  // A server could work here, but rows would stay behind, or not find what they need.
  if (side.engines.newer_schema) return fail(ErrorCode::conflict, "move.newer-schema");
  return {};
}

/// A side of a newer program is named as the cause, whether or not a server of this one could work there.
Result<Side> open_side(const ServerSettings& settings, const Clock& clock, Metrics& metrics) {
  Side side{.origin = without_user(settings.database_url)};
  const auto opened = open_at(side, settings, clock, metrics);
  if (opened) return side;
  const std::string& key = opened.error().key;
  if (key == "move.newer-schema" || key == "migration.newer-database")
    return fail(ErrorCode::conflict, "move.newer-schema", side.origin);
  return std::unexpected(opened.error());
}

/// Tells how far it is: on a terminal by one line that changes, else by a line every ten seconds.
class Teller {
public:
  void tell(std::string_view step, std::string_view detail, std::int64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + (terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10'000));
    const std::string line = std::format("{}: {} {}", step, done, detail.substr(0, 60));
    if (terminal_)
      std::print(stderr, "\r\033[K{}", line);
    else
      std::println(stderr, "{}", line);
  }
  void end() const {
    if (terminal_) std::print(stderr, "\r\033[K");
  }

private:
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::chrono::steady_clock::time_point next_;
};

/// `began` says whether something may have been moved by now.
Result<moving::MoveReport> move(const std::vector<std::string>& from, const std::vector<std::string>& to,
                                const ConfigSources& sources, const fs::path& program, bool& began) {
  const SystemClock clock;
  Metrics metrics;
  TRY(const TemporaryFolder temporary, TemporaryFolder::make());
  TRY(const ServerSettings from_settings, moving::on(moving::kOldSide, settings_of(from, sources, program, temporary)));
  TRY(const ServerSettings to_settings, moving::on(moving::kNewSide, settings_of(to, sources, program, temporary)));
  if (from_settings.database_url.starts_with("sqlite:") && !fs::exists(from_settings.database_url.substr(7)))
    return fail(ErrorCode::not_found, "move.nothing", "there is no database at " + from_settings.database_url);
  TRY(Side old_side, moving::on(moving::kOldSide, open_side(from_settings, clock, metrics)));
  TRY(Side new_side, moving::on(moving::kNewSide, open_side(to_settings, clock, metrics)));
  TRY_OK(moving::on(moving::kOldSide, migrate(old_side.engines)));
  TRY_OK(moving::on(moving::kNewSide, migrate(new_side.engines)));
  Teller teller;
  auto report = moving::move_house(
      {*old_side.engines.database, *old_side.engines.blobs}, {*new_side.engines.database, *new_side.engines.blobs},
      old_side.origin,
      [&](std::string_view step, std::string_view detail, std::int64_t done) { teller.tell(step, detail, done); });
  teller.end();
  began = report || (report.error().key != "move.no-files" && report.error().key != "move.not-empty");
  return report;
}

/// As `./memoryverse` decides it, which passes its choice on where there is no locale.
bool speaks_russian(const std::map<std::string, std::string>& variables) {
  for (const char* name : {"MV_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const auto language = variables.find(name);
    if (language != variables.end() && !language->second.empty()) return language->second.starts_with("ru");
  }
  return false;
}

void tell_failure(const Error& error, bool began, bool in_russian) {
  std::string said = error.key + ": " + error.cause;
  if (error.key == "move.newer-schema" && in_russian)
    said = error.cause +
           " — база более нового MemoryVerse, чем эта программа. Обновите программу до того выпуска и "
           "повторите команду.";
  else if (error.key == "move.newer-schema")
    said = error.cause +
           " is a database of a newer MemoryVerse than this program. Update the program to that release, "
           "and run the same command again.";
  else if (error.key == "move.no-files" && in_russian)
    said = error.key +
           ": база прежней стороны знает снимки, а в её хранилище нет ни одного; назовите то хранилище, "
           "которое принадлежит этой базе.";
  const std::string_view begin = in_russian ? (began ? "Перенос не закончен" : "Ничего не перенесено")
                                            : (began ? "The move is not finished" : "Nothing was moved");
  std::println(stderr, "{}: {}", begin, said);
}

} // namespace

int main(int argc, char** argv) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  std::map<std::string, std::vector<std::string>> words;
  std::string option;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--"))
      words[option = word];
    else
      words[option].push_back(word);
  }
  if (words.size() != 2 || !words.contains("--from") || !words.contains("--to")) {
    std::println(stderr, "{}", kUsage);
    return EXIT_FAILURE;
  }
  set_up_log({.level = LogLevel::warning});
  const ConfigSources sources = environment_sources(program);
  bool began = false;
  const auto moved = move(words["--from"], words["--to"], sources, program, began);
  if (!moved) {
    tell_failure(moved.error(), began, speaks_russian(sources.variables));
    return EXIT_FAILURE;
  }
  std::println("Moved and compared: {} rows of {} tables, {} files of {} bytes ({} of them were there already).",
               moved->rows, moved->tables, moved->blobs, moved->bytes, moved->blobs_there);
  return EXIT_SUCCESS;
}
