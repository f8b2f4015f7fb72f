#pragma once

// Settings. Four layers, the later over the earlier: default.json, <environment>.json, environment variables, the
// command line. A setting has one name in all of them: `webPort` in the file is MEMORYVERSE_WEB_PORT in the
// environment and --web-port on the command line; `uploads.maxBytes` is MEMORYVERSE_UPLOADS_MAX_BYTES and
// --uploads-max-bytes.
//
// Getters never fail: they note a mistake and go on, so that `check` tells all mistakes at once, each by the name of
// the setting in the environment, where it was set and what to do. Used by one thread, at start.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace mv {

struct ConfigSources {
  std::filesystem::path folder;                   ///< Holds default.json and the environments' files.
  std::string environment{};                      ///< `development`, `test`; empty reads default.json alone.
  std::map<std::string, std::string> variables{}; ///< The process's environment, read by `main`.
  std::vector<std::string> arguments{};           ///< `--name value`, `--name=value`, or `--name` for true.
  std::string prefix = "MEMORYVERSE_";            ///< Of the environment variables that are settings.
};

class Config {
public:
  explicit Config(const ConfigSources& sources);

  /// A setting that must be there and must not be empty.
  [[nodiscard]] std::string text(std::string_view name);
  /// A setting that may be missing or empty (null in the file says that it exists, but has no default).
  [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name);
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
  [[nodiscard]] bool boolean(std::string_view name);
  /// One of `choices`.
  [[nodiscard]] std::string choice(std::string_view name, const std::vector<std::string>& choices);
  /// An array in the file, separated by commas elsewhere. May be empty.
  [[nodiscard]] std::vector<std::string> list(std::string_view name);
  /// A secret comes from the environment only: a file that holds one is a mistake, and so is a command line, which
  /// every user of the machine can read. Empty when missing.
  [[nodiscard]] Secret secret(std::string_view name);

  /// Whether it was set outside of the files, and to nothing: most often a variable that a script or a compose file
  /// means to pass on and does not have.
  [[nodiscard]] bool is_empty(std::string_view name);

  /// For rules between settings: joins what `check` reports.
  void mistake(std::string_view name, std::string_view what);

  /// Call it after the last getter. `invalid` with key `config.invalid`, the mistakes in `cause`, a line each. What
  /// the files, the command line or the variables with our prefix hold and no getter asked for is a mistake too: most
  /// often a misspelt name, whose setting would keep its default without a word.
  [[nodiscard]] Result<void> check() const;

private:
  enum class Source { file, environment, command_line };
  struct Setting {
    std::string text;
    std::vector<std::string> items{}; // of an array
    bool is_list = false;
    bool is_null = false;
    Source source = Source::file;
    std::string where{}; // beside its variable, how a person finds it: `webPort in default.json`, `--web-port`
  };

  /// `by` is what names the file, for people: `MEMORYVERSE_ENV: `.
  void read_file(const std::filesystem::path& file, const std::string& by = {});
  void read_arguments(const std::vector<std::string>& arguments);
  const Setting* find(std::string_view name);
  const Setting* require(std::string_view name);
  void wrong(std::string_view name, const Setting& setting, std::string_view what);
  [[nodiscard]] std::string variable_of(std::string_view name) const;
  [[nodiscard]] std::string shown(std::string_view name, const Setting& setting) const;

  std::string prefix_;
  std::map<std::string, std::string> variables_;
  std::map<std::string, Setting, std::less<>> settings_;      // from the files, by name
  std::map<std::string, Setting, std::less<>> from_outside_;  // from environment and command line, once asked for
  std::map<std::string, std::string, std::less<>> arguments_; // by option, `--web-port`
  std::set<std::string, std::less<>> asked_;
  std::vector<std::string> mistakes_;
};

} // namespace mv
