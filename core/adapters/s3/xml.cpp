#include "core/adapters/s3/xml.hpp"

#include <expat.h>

#include <memory>

namespace mv::s3 {

namespace {

struct Free {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

/// An answer is flat; what nests deeper than this is none of ours.
constexpr std::size_t kLongestPlace = 1000;

struct Walk {
  const std::function<void(std::string_view, const std::string&)>& visit;
  XML_Parser parser;
  std::string place{};
  std::string text{};
};

void XMLCALL begin(void* data, const XML_Char* name, const XML_Char** /*attributes*/) {
  Walk& walk = *static_cast<Walk*>(data);
  if (!walk.place.empty()) walk.place += '/';
  walk.place += name;
  walk.text.clear();
  if (walk.place.size() > kLongestPlace) XML_StopParser(walk.parser, XML_FALSE);
}

void XMLCALL end(void* data, const XML_Char* /*name*/) {
  Walk& walk = *static_cast<Walk*>(data);
  walk.visit(walk.place, walk.text);
  walk.text.clear();
  const auto slash = walk.place.rfind('/');
  walk.place.resize(slash == std::string::npos ? 0 : slash);
}

void XMLCALL characters(void* data, const XML_Char* bytes, int size) {
  static_cast<Walk*>(data)->text.append(bytes, static_cast<std::size_t>(size));
}

/// Answers have no document type, and entities of one could be made to grow without end.
void XMLCALL refuse_doctype(void* data, const XML_Char* /*name*/, const XML_Char* /*system*/,
                            const XML_Char* /*public_id*/, int /*internal*/) {
  XML_StopParser(static_cast<Walk*>(data)->parser, XML_FALSE);
}

} // namespace

Result<void> read_xml(std::string_view xml, const std::function<void(std::string_view, const std::string&)>& visit) {
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser(XML_ParserCreate("UTF-8"));
  if (!parser) return fail(ErrorCode::unavailable, "storage.failed", "no XML parser");
  Walk walk{.visit = visit, .parser = parser.get()};
  XML_SetUserData(parser.get(), &walk);
  XML_SetElementHandler(parser.get(), begin, end);
  XML_SetCharacterDataHandler(parser.get(), characters);
  XML_SetStartDoctypeDeclHandler(parser.get(), refuse_doctype);
  if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_ERROR) {
    return fail(ErrorCode::unavailable, "storage.failed",
                std::string("the answer is no XML: ") + XML_ErrorString(XML_GetErrorCode(parser.get())));
  }
  return {};
}

std::string xml_text(std::string_view xml, std::string_view place) {
  std::string found;
  bool first = true;
  const auto read = read_xml(xml, [&](std::string_view at, const std::string& text) {
    if (first && at == place) {
      found = text;
      first = false;
    }
  });
  return read ? found : std::string();
}

std::string xml_escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += c;
  }
  return escaped;
}

} // namespace mv::s3
