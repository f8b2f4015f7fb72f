// Every real picture and every hostile file of the shared corpus goes through an upload once: nothing crashes or hangs,
// originals come back byte for byte, and sizes and dates agree with what other tools say of the files.

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

using Expectation = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, separator);)
    cells.push_back(cell);
  return cells;
}

/// The table by path.
std::map<std::string, Expectation> expectations(const fs::path& folder) {
  std::map<std::string, Expectation> table;
  std::stringstream text(read_file(folder / "expectations.tsv"));
  std::string line;
  std::getline(text, line);
  const auto names = split(line, '\t');
  while (std::getline(text, line)) {
    const auto cells = split(line, '\t');
    Expectation row;
    for (std::size_t i = 0; i < cells.size() && i < names.size(); ++i)
      row[names[i]] = cells[i];
    table[row["path"]] = row;
  }
  return table;
}

/// Where the table is not followed, with why: the table's mistake, or a tag that a product may ignore by its own words.
const std::map<std::string, std::string>& disagreements();

class CorpusTest : public testing::Test {
protected:
  static std::vector<fs::path> files(const fs::path& root, const std::vector<std::string>& folders) {
    std::vector<fs::path> found;
    for (const auto& folder : folders) {
      for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        if (entry.is_regular_file()) found.push_back(entry.path());
      }
    }
    std::ranges::sort(found);
    return found;
  }
};

TEST_F(CorpusTest, TakesEveryFileAndAgreesWithOtherTools) {
  const fs::path root = corpus();
  if (root.empty()) GTEST_SKIP() << "the shared corpus is not on this machine (MEMORYVERSE_SHARED)";
  TestServer server;
  Client me = server.client();
  me.register_as("Vera");

  std::map<std::string, std::string> memory_of; // by path below the corpus
  int refused = 0;
  for (const fs::path& file : files(root, {"photos", "heic-raw", "hostile"})) {
    const std::string bytes = read_file(file);
    const std::string path = fs::relative(file, root).string();
    const Reply reply = me.upload(file.filename().string(), bytes);
    ASSERT_NE(reply.status, 0) << path << " had no answer";
    ASSERT_LT(reply.status, 500) << path << reply.body;
    if (bytes.empty()) {
      EXPECT_EQ(reply.status, 422) << path;
      ++refused;
      continue;
    }
    ASSERT_TRUE(reply.status == 201 || reply.status == 200) << path << " " << reply.status << reply.body;
    const Json uploaded = reply.json();
    memory_of[path] = uploaded["memory"]["id"];
    const Reply original = me.get("/api/v1/media/" + uploaded["media"]["id"].get<std::string>() + "/original");
    EXPECT_EQ(original.body, bytes) << path;
  }

  const auto table = expectations(root);
  int ready = 0;
  int failed = 0;
  int compared = 0;
  std::ostringstream wrong;
  for (const auto& [path, id] : memory_of) {
    Json memory;
    ASSERT_TRUE(eventually([&] {
      memory = me.get("/api/v1/memories/" + id).json();
      return memory["media"][0]["state"] != "pending";
    })) << path
        << " hangs";
    const Json& medium = memory["media"][0];
    if (medium["state"] == "failed") {
      ++failed;
      EXPECT_TRUE(medium.contains("reasonText")) << path;
    } else {
      ++ready;
    }
    const auto expected = table.find(path);
    if (expected == table.end() || path.starts_with("hostile/") || disagreements().contains(path)) continue;
    const auto cell = [&](const std::string& name) {
      const auto at = expected->second.find(name);
      return at == expected->second.end() ? std::string() : at->second;
    };
    ++compared;
    if (!cell("display_width").empty() && medium["state"] == "ready" &&
        (medium.value("width", 0) != std::stoi(cell("display_width")) ||
         medium.value("height", 0) != std::stoi(cell("display_height")))) {
      wrong << path << ": " << medium.value("width", 0) << "x" << medium.value("height", 0) << ", expected "
            << cell("display_width") << "x" << cell("display_height") << "\n";
    }
    const std::string source = cell("taken_at_source");
    const bool may_ignore = source.contains("weak") || source.contains("optional");
    const std::string taken = cell("taken_at").substr(0, 19);
    std::string ours = memory["date"]["edtf"];
    if (memory["date"]["source"] == "file-name") ours.clear(); // the table knows no names
    std::string said = taken;
    if (const auto blank = said.find(' '); blank != std::string::npos) said[blank] = 'T';
    if (!said.empty() && ours.substr(0, 19) != said && !(may_ignore))
      wrong << path << ": date " << ours << ", expected " << said << "\n";
  }
  EXPECT_EQ(wrong.str(), "");
  EXPECT_GT(compared, 150);
  std::cout << memory_of.size() << " files taken, " << refused << " empty ones refused, " << ready << " ready, "
            << failed << " failed with a reason, " << compared << " compared, " << disagreements().size()
            << " disagreements\n";
}

const std::map<std::string, std::string>& disagreements() {
  static const std::map<std::string, std::string> table;
  return table;
}

} // namespace
} // namespace mv::test
