#include "core/adapters/postgres/failure.hpp"

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <pqxx/except>

namespace mv::postgres {

namespace {

// Appendix A of PostgreSQL's manual lists the codes.
Failure by_state(std::string_view state) {
  const auto unavailable = [](std::string_view key, int retry_after_s, Remedy remedy = Remedy::none) {
    return Failure{.error = {.code = ErrorCode::unavailable, .key = std::string(key), .retry_after_s = retry_after_s},
                   .remedy = remedy};
  };
  // Serialization failure, deadlock.
  if (state == "40001" || state == "40P01") return unavailable("database.busy", 1, Remedy::again);
  // Ended by the administrator, crashed or starting; idle for too long; the network.
  if (state.starts_with("08") || state == "40003" || state == "57P01" || state == "57P02" || state == "57P03" ||
      state == "57P05" || state == "25P03") {
    return unavailable("database.lost", 2, Remedy::replace);
  }
  if (state == "57014") return unavailable("database.timeout", 1);
  if (state == "25006") return unavailable("database.read-only", 10);
  if (state == "53100") return {.error = {.code = ErrorCode::insufficient_storage, .key = "database.full"}};
  // Not available now: a lock, or any of the server's resources.
  if (state == "55P03" || state.starts_with("53")) return unavailable("database.busy", 1);
  if (state.starts_with("23")) {
    return {.error = {.code = ErrorCode::conflict, .key = "database.constraint"}, .remedy = Remedy::once};
  }
  // Bytes that are no text.
  if (state == "22021" || state == "22P05") return {.error = {.code = ErrorCode::invalid, .key = "database.text"}};
  return {.error = {.code = ErrorCode::internal, .key = "database.failed"}};
}

// What a connection is refused with; it ends with the SQLSTATE. libpq keeps that to itself unless it was told before,
// and the words are in the server's language.
std::string last_words(const Address& address) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectStart(address.connection_text().c_str()),
                                                                &PQfinish);
  PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
  PQreset(connection.get()); // connects, and waits as long as any other
  return address.redact(PQerrorMessage(connection.get()));
}

} // namespace

Failure explain(const std::exception& thrown, std::string_view what, const Address& address) {
  Failure failure;
  std::string state;
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&thrown) != nullptr) {
    state = "42501"; // libpqxx 7.10 leaves it out here
    failure = by_state(state);
  } else if (const auto* refused = dynamic_cast<const pqxx::sql_error*>(&thrown)) {
    state = refused->sqlstate();
    // The server's last words before it went come without a code.
    failure = by_state(state.empty() ? "08006" : state);
  } else if (dynamic_cast<const pqxx::broken_connection*>(&thrown) != nullptr) {
    failure = by_state("08006");
  } else {
    failure = by_state("");
  }
  failure.error.cause = std::string(what) + ": " + address.redact(thrown.what());
  if (!state.empty()) failure.error.cause += " (" + state + ")";
  if (state == "42501") failure.error.cause += "; the user must own the database and all that is in it";
  return failure;
}

Advice advise(std::string_view cause, const Address& address) {
  struct Known {
    std::string_view said;  // in English, by libpq or the server
    std::string_view state; // where a server says it, and not libpq
    Advice advice;
  };
  constexpr std::array<Known, 10> kKnown{{
      {"password authentication failed", "28P01", {.what = "check user and password", .mistake = true}},
      {"no password supplied", "", {.what = "put the password into the address", .mistake = true}},
      {"permission denied", "42501", {.what = "the user must own the database", .mistake = true}},
      {"does not exist", "3D000", {.what = "create it first, or name another", .mistake = true}},
      {"could not translate host name", "", {.what = "check the host's name", .mistake = false}},
      {"Connection refused", "", {.what = "check host and port, and that PostgreSQL runs there", .mistake = false}},
      {"timeout expired", "", {.what = "check host and port, and that PostgreSQL runs there", .mistake = false}},
      {"certificate", "", {.what = "check sslmode and the certificate", .mistake = true}},
      {"SSL", "", {.what = "check sslmode", .mistake = false}},
      {"too many",
       "53300",
       {.what = "raise max_connections of the server, or lower MEMORYVERSE_DATABASE_CONNECTIONS", .mistake = false}},
  }};
  for (const Known& known : kKnown)
    if (cause.contains(known.said)) return known.advice;
  const std::string state = last_words(address);
  for (const Known& known : kKnown)
    if (!known.state.empty() && state.ends_with(known.state)) return known.advice;
  return {.what = "check the address, and that PostgreSQL runs there", .mistake = false};
}

} // namespace mv::postgres
