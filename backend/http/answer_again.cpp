#include "backend/http/answer_again.hpp"

namespace mv::http {

namespace {

/// All that a kept reply depends on beside its reader and what they may see. HEAD gets what GET gets.
std::string asked_by(const Context& context) {
  const Request& request = context.request();
  std::string asked(request.path());
  asked.append("?").append(request.query());
  asked.append("\n").append(context.locale());
  asked.append("\n").append(encoding_for(request));
  return asked;
}

/// Status, type and headers, a line each, then an empty line and the body.
std::string packed(const Reply& reply, const ReplyHead& head) {
  std::string text = std::to_string(reply.status) + '\n' + reply.content_type + '\n';
  for (const auto* const headers : {&reply.headers, &head.headers}) {
    for (const auto& [name, value] : *headers)
      text.append(name).append(": ").append(value).append("\n");
  }
  text += '\n';
  if (const auto* const body = std::get_if<std::string>(&reply.body)) text += *body;
  return text;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

Reply unpacked(std::string_view text) {
  Reply reply;
  reply.compressible = false; // it has been
  reply.status = std::stoi(std::string(take_line(text)));
  reply.content_type = take_line(text);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = line.find(": ");
    reply.set(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  reply.body = std::string(text);
  return reply;
}

} // namespace

Result<Reply> answer_again(ReplyCache& cache, Context& context, const std::function<Result<Reply>()>& make) {
  Reply fresh;
  const auto read = [&]() -> Result<void> {
    context.forget_reply(); // of an attempt that was in vain
    TRY(fresh, make());
    return {};
  };
  const auto pack = [&] {
    compress(context.request(), fresh);
    return packed(fresh, context.reply());
  };
  TRY(const auto text, cache.find_or_make(context.user().user_id, asked_by(context), read, pack));
  context.forget_reply(); // it is in the text
  return unpacked(*text);
}

} // namespace mv::http
