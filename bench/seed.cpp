// Fills a fresh data folder with an account, a family and generated memories, through the same functions that the
// services use: `memoryverse-seed DATABASE COUNT` prints the account's e-mail address and password, which is that of
// the family's other members too.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <format>
#include <print>
#include <random>
#include <string>
#include <vector>

#include "core/accounts/password.hpp"
#include "core/adapters/postgres/database.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/memories/history.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/rules.hpp"
#include "core/migrations/runner.hpp"

namespace {

constexpr std::string_view kEmail = "bench@example.org";
constexpr std::string_view kPassword = "correct horse battery";
constexpr int kBatch = 5000;
constexpr int kListeners = 10; // relatives who hear of what the account does
constexpr int kCollected = 10; // one memory of so many stands in the collection

struct Person {
  std::string user_id = mv::new_id();
  std::string space_id = mv::new_id();
  std::string collection_id = mv::new_id();
};

mv::Result<void> add_user(mv::Transaction& tx, const std::string& id, std::string_view email, const std::string& hash,
                          bool is_owner, mv::TimeMs now) {
  static constexpr mv::Query kUser{
      "seed_user",
      "INSERT INTO users (id, email, email_key, name, password_hash, is_owner, locale, theme, created_at, updated_at) "
      "VALUES (?1, ?2, ?2, 'Bench', ?3, ?4, 'en', 'system', ?5, ?5)"};
  TRY_OK(tx.run(kUser, id, email, hash, is_owner ? 1 : 0, now));
  return {};
}

mv::Result<void> add_space(mv::Transaction& tx, const std::string& id, std::string_view kind,
                           const std::string& owner_id, mv::TimeMs now) {
  static constexpr mv::Query kSpace{"seed_space",
                                    "INSERT INTO spaces (id, kind, title, created_by, version, created_at, updated_at) "
                                    "VALUES (?1, ?2, 'Bench', ?3, 1, ?4, ?4)"};
  TRY_OK(tx.run(kSpace, id, kind, owner_id, now));
  return {};
}

mv::Result<void> add_member(mv::Transaction& tx, const std::string& space_id, const std::string& user_id,
                            std::string_view role, mv::TimeMs now) {
  static constexpr mv::Query kMember{
      "seed_member", "INSERT INTO space_members (space_id, user_id, role, joined_at) VALUES (?1, ?2, ?3, ?4)"};
  TRY_OK(tx.run(kMember, space_id, user_id, role, now));
  return {};
}

mv::Result<Person> add_people(mv::Database& db, mv::TimeMs now) {
  // At the cost that the product uses, so that a login costs what it costs.
  TRY(const auto hasher, mv::accounts::PasswordHasher::open({}));
  TRY(const std::string hash, hasher->hash(kPassword));
  Person person;
  static constexpr mv::Query kCollection{
      "seed_collection",
      "INSERT INTO collections (id, space_id, title, description, position, created_by, version, created_at, "
      "updated_at) VALUES (?1, ?2, 'Bench', '', 0, ?3, 1, ?4, ?4)"};
  TRY_OK(db.transaction([&](mv::Transaction& tx) -> mv::Result<void> {
    TRY_OK(add_user(tx, person.user_id, kEmail, hash, true, now));
    TRY_OK(add_space(tx, person.space_id, "personal", person.user_id, now));
    TRY_OK(add_member(tx, person.space_id, person.user_id, "owner", now));
    TRY_OK(tx.run(kCollection, person.collection_id, person.space_id, person.user_id, now));
    const std::string family_id = mv::new_id();
    TRY_OK(add_space(tx, family_id, "family", person.user_id, now));
    TRY_OK(add_member(tx, family_id, person.user_id, "owner", now));
    for (int number = 1; number <= kListeners; ++number) {
      const std::string id = mv::new_id();
      const std::string space_id = mv::new_id();
      TRY_OK(add_user(tx, id, std::format("listener{}@example.org", number), hash, false, now));
      TRY_OK(add_space(tx, space_id, "personal", id, now));
      TRY_OK(add_member(tx, space_id, id, "owner", now));
      TRY_OK(add_member(tx, family_id, id, "viewer", now));
    }
    return {};
  }));
  return person;
}

mv::Result<void> collect(mv::Transaction& tx, const Person& person, const std::string& memory_id, int number,
                         mv::TimeMs now) {
  static constexpr mv::Query kPlace{
      "seed_collection_memory",
      "INSERT INTO collection_memories (collection_id, memory_id, position, scope, added_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5)"};
  TRY_OK(tx.run(kPlace, person.collection_id, memory_id, static_cast<double>(number), person.space_id, now));
  return {};
}

/// A library of 40 years: more pictures in later ones, a few undated, some tagged, some in the collection.
mv::Result<void> add_memory(mv::Transaction& tx, const Person& person, std::mt19937& random, int number,
                            mv::TimeMs now) {
  mv::memories::MemoryRecord memory;
  memory.id = mv::new_id();
  memory.space_id = person.space_id;
  memory.contributor_id = person.user_id;
  memory.type = number % 20 == 0 ? "video" : "photo";
  memory.created_at = memory.updated_at = now;
  const double age = std::pow(std::uniform_real_distribution<>(0, 1)(random), 2.0);
  const int year = 2026 - static_cast<int>(age * 40);
  std::string date;
  if (number % 50 != 0) {
    date = std::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, std::uniform_int_distribution(1, 10)(random),
                       std::uniform_int_distribution(1, 28)(random), std::uniform_int_distribution(8, 21)(random),
                       std::uniform_int_distribution(0, 59)(random), std::uniform_int_distribution(0, 59)(random));
  }
  TRY(auto record, mv::memories::date_record(date, "certain", "metadata"));
  memory.set_date(std::move(record));
  if (number % 10 == 0) memory.title = "Memory " + std::to_string(number);
  if (number % 4 == 0) memory.tags = {"tag" + std::to_string(number % 37)};

  mv::memories::MemoryRepository rows(tx);
  TRY_OK(rows.insert(memory));
  mv::memories::MediaRecord medium;
  medium.id = mv::new_id();
  medium.memory_id = memory.id;
  medium.mime_type = "image/jpeg";
  medium.file_name = std::format("IMG_{:06}.jpg", number);
  medium.bytes = 3'000'000 + number;
  medium.sha256 = mv::sha256_hex("bench" + std::to_string(number));
  medium.state = "ready";
  TRY_OK(rows.insert_media(medium, mv::sha1_hex(medium.sha256), memory.scope(), 0, now));
  medium.width = number % 3 == 0 ? 3000 : 4000;
  medium.height = number % 3 == 0 ? 4000 : 3000;
  medium.thumbhash = "3OcRJYB4d3h/iIeHeEh3eIhw+j2w";
  TRY_OK(rows.update_media(medium));
  TRY_OK(mv::memories::keep_listed(tx, nullptr, &memory, {}));
  if (number % kCollected == 0) TRY_OK(collect(tx, person, memory.id, number, now));
  return mv::memories::write_creation(tx, memory, now);
}

mv::Result<void> seed(mv::Database& db, const mv::Clock& clock, int count) {
  TRY(const Person person, add_people(db, clock.now()));
  std::mt19937 random(1);
  for (int at = 0; at < count; at += kBatch) {
    TRY_OK(db.transaction([&](mv::Transaction& tx) -> mv::Result<void> {
      for (int i = at; i < std::min(count, at + kBatch); ++i)
        TRY_OK(add_memory(tx, person, random, i, clock.now()));
      return {};
    }));
  }
  return {};
}

template <typename Engine>
mv::Result<void> open_and_seed(const std::string& where, int count) {
  const mv::SystemClock clock;
  TRY(const auto db, Engine::open(where));
  TRY_OK(mv::migrations::Runner(*db, clock).migrate());
  return seed(*db, clock, count);
}

} // namespace

int main(int argc, char** argv) {
  int count = 0;
  if (argc == 3) std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), count);
  if (count < 1) {
    std::println(stderr, "usage: memoryverse-seed DATABASE COUNT");
    return 2;
  }
  const std::string where = argv[1];
  const auto done = where.starts_with("postgres") ? open_and_seed<mv::postgres::PostgresDatabase>(where, count)
                                                  : open_and_seed<mv::sqlite::SqliteDatabase>(where, count);
  if (!done) {
    std::println(stderr, "{}: {}", done.error().key, done.error().cause);
    return 1;
  }
  std::println("{} {}", kEmail, kPassword);
  return 0;
}
