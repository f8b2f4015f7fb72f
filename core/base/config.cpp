#include "core/base/config.hpp"

#include <yyjson.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "core/base/text.hpp"

namespace mv {

namespace {

struct FreeDocument {
  void operator()(yyjson_doc* document) const { yyjson_doc_free(document); }
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// `uploads.maxBytes` with '-' gives `uploads-max-bytes`.
std::string separated(std::string_view name, char separator) {
  std::string out;
  for (const char c : name) {
    if (c == '.') {
      out.push_back(separator);
    } else {
      if (is_upper(c)) out.push_back(separator);
      out.push_back(to_lower(c));
    }
  }
  return out;
}

std::string option_of(std::string_view name) { return "--" + separated(name, '-'); }

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out.append(separator);
    out.append(item);
  }
  return out;
}

/// ` is not KIND: …` for each of `names` that is none of `known`.
template <typename Names>
void tell_strangers(std::vector<std::string>& mistakes, const Names& names, const std::set<std::string>& known,
                    std::string_view kind) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  for (const auto& [name, where] : names) {
    if (known.contains(name)) continue;
    std::string line = name + where + " is not " + std::string(kind) + ": correct its name or take it out";
    if (const auto meant = closest(name, words); !meant.empty()) line.append("; the nearest is ").append(meant);
    mistakes.push_back(std::move(line));
  }
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

// Text of a scalar as a person would write it; nothing for arrays and objects.
std::optional<std::string> scalar_text(yyjson_val* value) {
  if (yyjson_is_str(value)) return std::string(yyjson_get_str(value), yyjson_get_len(value));
  if (yyjson_is_bool(value)) return yyjson_get_bool(value) ? "true" : "false";
  if (yyjson_is_uint(value)) return std::to_string(yyjson_get_uint(value));
  if (yyjson_is_sint(value)) return std::to_string(yyjson_get_sint(value));
  if (yyjson_is_real(value)) return std::to_string(yyjson_get_real(value));
  return std::nullopt;
}

} // namespace

Config::Config(const ConfigSources& sources) : prefix_(sources.prefix), variables_(sources.variables) {
  read_file(sources.folder / "default.json");
  if (!sources.environment.empty()) {
    const bool is_name =
        std::ranges::all_of(sources.environment, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
    if (is_name) {
      read_file(sources.folder / (sources.environment + ".json"), prefix_ + "ENV: ");
    } else {
      mistakes_.push_back(prefix_ + "ENV is " + in_quotes(sources.environment) + ": write it in lower-case letters");
    }
  }
  read_arguments(sources.arguments);
}

void Config::read_file(const std::filesystem::path& file, const std::string& by) {
  yyjson_read_err problem{};
  const std::unique_ptr<yyjson_doc, FreeDocument> document(
      yyjson_read_file(file.c_str(), YYJSON_READ_ALLOW_COMMENTS, nullptr, &problem));
  if (!document) {
    std::string what = by + file.string() + ": " + problem.msg;
    if (problem.code != YYJSON_READ_ERROR_FILE_OPEN) what += " at byte " + std::to_string(problem.pos);
    mistakes_.push_back(what + ": the file must be there, readable, and hold one JSON object");
    return;
  }

  const std::string where = file.filename().string();
  const auto read_object = [&](const auto& self, yyjson_val* object, const std::string& path) -> void {
    std::size_t index = 0;
    std::size_t count = 0;
    yyjson_val* key = nullptr;
    yyjson_val* value = nullptr;
    yyjson_obj_foreach(object, index, count, key, value) {
      const std::string name = path + yyjson_get_str(key);
      if (yyjson_is_obj(value)) {
        self(self, value, name + ".");
        continue;
      }
      Setting setting{.text = {}, .where = name + " in " + where};
      if (yyjson_is_null(value)) {
        setting.is_null = true;
      } else if (yyjson_is_arr(value)) {
        setting.is_list = true;
        for (std::size_t i = 0; i < yyjson_arr_size(value); ++i) {
          const auto item = scalar_text(yyjson_arr_get(value, i));
          if (item) setting.items.push_back(*item);
          if (!item) mistakes_.push_back(name + " in " + where + ": a list holds texts, numbers or booleans only");
        }
      } else {
        setting.text = scalar_text(value).value_or("");
      }
      settings_.insert_or_assign(name, std::move(setting));
    }
  };
  yyjson_val* const root = yyjson_doc_get_root(document.get());
  if (!yyjson_is_obj(root)) {
    mistakes_.push_back(where + ": write one JSON object into it");
    return;
  }
  read_object(read_object, root, "");
}

void Config::read_arguments(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with("--") || argument.size() == 2) {
      mistakes_.push_back(in_quotes(argument) + " on the command line: options begin with --");
      continue;
    }
    const std::size_t equals = argument.find('=');
    if (equals != std::string::npos) {
      arguments_.insert_or_assign(argument.substr(0, equals), argument.substr(equals + 1));
    } else if (i + 1 < arguments.size() && !arguments[i + 1].starts_with("--")) {
      arguments_.insert_or_assign(argument, arguments[i + 1]);
      ++i;
    } else {
      arguments_.insert_or_assign(argument, "true");
    }
  }
}

std::string Config::variable_of(std::string_view name) const {
  std::string variable = separated(name, '_');
  std::ranges::transform(variable, variable.begin(), to_upper);
  return prefix_ + variable;
}

const Config::Setting* Config::find(std::string_view name) {
  asked_.emplace(name);
  const std::string option = option_of(name);
  if (const auto argument = arguments_.find(option); argument != arguments_.end()) {
    Setting setting{.text = argument->second, .source = Source::command_line, .where = option};
    return &from_outside_.insert_or_assign(std::string(name), std::move(setting)).first->second;
  }
  const std::string variable = variable_of(name);
  if (const auto found = variables_.find(variable); found != variables_.end()) {
    Setting setting{.text = found->second, .source = Source::environment};
    return &from_outside_.insert_or_assign(std::string(name), std::move(setting)).first->second;
  }
  const auto setting = settings_.find(name);
  return setting == settings_.end() ? nullptr : &setting->second;
}

const Config::Setting* Config::require(std::string_view name) {
  const Setting* const setting = find(name);
  if (setting != nullptr && !setting->is_null && (setting->is_list || !setting->text.empty())) return setting;
  const std::string option = option_of(name);
  if (setting != nullptr && setting->source != Source::file) {
    const auto preset = settings_.find(name);
    const bool has_default = preset != settings_.end() && !preset->second.is_null;
    mistakes_.push_back(shown(name, *setting) + " is empty: give it a value" +
                        (has_default ? ", or leave it out to have the default" : ""));
  } else {
    mistakes_.push_back(variable_of(name) + " is not set: set it, or " + option + ", or write " + std::string(name) +
                        " into default.json");
  }
  return nullptr;
}

/// `MEMORYVERSE_WEB_PORT`, `MEMORYVERSE_WEB_PORT (--web-port)`, `MEMORYVERSE_WEB_PORT (webPort in default.json)`.
std::string Config::shown(std::string_view name, const Setting& setting) const {
  return variable_of(name) + (setting.where.empty() ? "" : " (" + setting.where + ")");
}

void Config::wrong(std::string_view name, const Setting& setting, std::string_view what) {
  mistakes_.push_back(shown(name, setting) + " is " + (setting.is_list ? "a list" : in_quotes(setting.text)) + ": " +
                      std::string(what));
}

std::string Config::text(std::string_view name) {
  const Setting* const setting = require(name);
  if (setting == nullptr) return {};
  if (setting->is_list) wrong(name, *setting, "write one text");
  return setting->text;
}

std::optional<std::string> Config::maybe_text(std::string_view name) {
  const Setting* const setting = find(name);
  if (setting == nullptr || setting->is_null || (!setting->is_list && setting->text.empty())) return std::nullopt;
  if (setting->is_list) wrong(name, *setting, "write one text");
  return setting->text;
}

std::int64_t Config::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const Setting* const setting = require(name);
  if (setting == nullptr) return least;
  std::int64_t number = 0;
  const char* const end = setting->text.data() + setting->text.size();
  const auto [rest, problem] = std::from_chars(setting->text.data(), end, number);
  if (setting->is_list || problem != std::errc() || rest != end || number < least || number > most) {
    wrong(name, *setting, "write a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return number;
}

bool Config::boolean(std::string_view name) {
  const Setting* const setting = require(name);
  if (setting == nullptr) return false;
  if (setting->text == "true" || setting->text == "1") return true;
  if (setting->text != "false" && setting->text != "0") wrong(name, *setting, "write true or false");
  return false;
}

std::string Config::choice(std::string_view name, const std::vector<std::string>& choices) {
  const Setting* const setting = require(name);
  if (setting == nullptr) return {};
  if (std::ranges::find(choices, setting->text) == choices.end()) {
    wrong(name, *setting, "write one of " + joined(choices, ", "));
  }
  return setting->text;
}

std::vector<std::string> Config::list(std::string_view name) {
  const Setting* const setting = find(name);
  if (setting == nullptr || setting->is_null) return {};
  return setting->is_list ? setting->items : split_list(setting->text);
}

Secret Config::secret(std::string_view name) {
  const Setting* const setting = find(name);
  if (setting == nullptr || setting->is_null) return {};
  if (setting->source != Source::environment) {
    // Not `wrong`, which would print it.
    mistakes_.push_back(shown(name, *setting) + " is a secret: take it out there, and give it in the environment");
    return {};
  }
  return Secret(setting->text);
}

bool Config::is_empty(std::string_view name) {
  const Setting* const setting = find(name);
  return setting != nullptr && setting->source != Source::file && setting->text.empty();
}

void Config::mistake(std::string_view name, std::string_view what) {
  mistakes_.push_back(variable_of(name) + ": " + std::string(what));
}

Result<void> Config::check() const {
  std::vector<std::string> all = mistakes_;
  std::set<std::string> variables;
  std::set<std::string> options;
  for (const std::string& name : asked_) {
    variables.insert(variable_of(name));
    options.insert(option_of(name));
  }
  std::map<std::string, std::string> in_files; // to the file's name
  for (const auto& [name, setting] : settings_)
    in_files.emplace(name, setting.where.substr(name.size()));
  std::map<std::string, std::string> given; // to nothing
  for (const auto& [option, value] : arguments_)
    given.emplace(option, "");
  std::map<std::string, std::string> present;
  for (const auto& [variable, value] : variables_)
    if (variable.starts_with(prefix_)) present.emplace(variable, "");

  tell_strangers(all, in_files, {asked_.begin(), asked_.end()}, "a setting");
  tell_strangers(all, given, options, "an option");
  tell_strangers(all, present, variables, "a setting");
  if (all.empty()) return {};
  return fail(ErrorCode::invalid, "config.invalid", joined(all, "\n"));
}

} // namespace mv
