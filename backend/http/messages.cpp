#include "backend/http/messages.hpp"

#include <unordered_map>

#include "backend/http/messages_table.hpp"

namespace mv::http {

namespace {

using Table = std::unordered_map<std::string_view, const Words*>;

Table index(std::span<const Words> words) {
  Table table;
  for (const Words& row : words)
    table.emplace(row.key, &row);
  return table;
}

const Words* find_problem(std::string_view key) {
  static const Table table = index(problem_words());
  const auto found = table.find(key);
  return found == table.end() ? nullptr : found->second;
}

const Words* find_field(std::string_view code) {
  static const Table table = index(field_words());
  const auto found = table.find(code);
  // A rule about a date names the date's own problem.
  return found == table.end() ? find_problem(code) : found->second;
}

std::string_view in(const Words& words, std::string_view locale) { return locale == "ru" ? words.ru : words.en; }

Words title_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return {"", "Request not understood", "Запрос не понят"};
    case ErrorCode::unauthenticated:
      return {"", "Please sign in", "Нужно войти"};
    case ErrorCode::forbidden:
      return {"", "Not allowed", "Нет прав"};
    case ErrorCode::not_found:
      return {"", "Not found", "Не найдено"};
    case ErrorCode::conflict:
      return {"", "Conflict", "Противоречие"};
    case ErrorCode::gone:
      return {"", "No longer there", "Этого больше нет"};
    case ErrorCode::precondition_failed:
      return {"", "Changed meanwhile", "Уже изменено"};
    case ErrorCode::too_large:
      return {"", "Too large", "Слишком большой размер"};
    case ErrorCode::unsupported_type:
      return {"", "Type not supported", "Тип не поддерживается"};
    case ErrorCode::unprocessable:
      return {"", "Please check the fields", "Проверьте поля"};
    case ErrorCode::precondition_required:
      return {"", "Version needed", "Нужна версия"};
    case ErrorCode::too_many:
      return {"", "Too many requests", "Слишком много запросов"};
    case ErrorCode::checksum_mismatch:
      return {"", "Damaged on the way", "Повреждено в пути"};
    case ErrorCode::internal:
      return {"", "Something went wrong", "Что-то пошло не так"};
    case ErrorCode::unavailable:
      return {"", "Try again soon", "Попробуйте чуть позже"};
    case ErrorCode::insufficient_storage:
      return {"", "No space left", "Нет места"};
  }
  return {"", "Something went wrong", "Что-то пошло не так"};
}

} // namespace

Message message(std::string_view key, std::string_view locale, ErrorCode code) {
  const std::string title(in(title_of(code), locale));
  const Words* words = find_problem(key);
  return {title, words == nullptr ? title + '.' : std::string(in(*words, locale))};
}

std::string field_message(std::string_view code, std::string_view locale) {
  const Words* words = find_field(code);
  if (words == nullptr) return locale == "ru" ? "Это значение не подходит." : "This value does not fit.";
  return std::string(in(*words, locale));
}

bool has_message(std::string_view key) { return find_problem(key) != nullptr; }
bool has_field_message(std::string_view code) { return find_field(code) != nullptr; }

} // namespace mv::http
