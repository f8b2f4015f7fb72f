// Every file of the shared corpus' photos, heic-raw and hostile folders goes through the real decoder: nothing crashes
// or hangs, and sizes and dates are those that independent tools read (expectations.tsv, described in the corpus'
// README).

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/media/media_process.hpp"

namespace mv::media {
namespace {

namespace fs = std::filesystem;

/// Files where we judge the table to be wrong, with the reason. None: every size and date that it gives agrees.
const std::map<std::string, std::string> kDisagreements = {};

/// One line of the table, by column.
struct Row {
  std::map<std::string, std::string> cells;
  [[nodiscard]] std::string operator[](const std::string& column) const {
    const auto found = cells.find(column);
    return found == cells.end() ? std::string() : found->second;
  }
};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == '\t') {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

fs::path corpus_folder() {
  const char* shared = std::getenv("MEMORYVERSE_SHARED");
  return (shared != nullptr ? fs::path(shared) : fs::path(SOURCE_FOLDER) / ".." / "shared") / "corpus";
}

std::map<std::string, Row> expectations(const fs::path& corpus) {
  std::map<std::string, Row> rows;
  std::ifstream table(corpus / "expectations.tsv");
  std::string line;
  std::getline(table, line);
  const std::vector<std::string> columns = split(line);
  while (std::getline(table, line)) {
    const std::vector<std::string> cells = split(line);
    Row row;
    for (std::size_t i = 0; i < std::min(cells.size(), columns.size()); ++i)
      row.cells[columns[i]] = cells[i];
    rows[cells.front()] = std::move(row);
  }
  return rows;
}

std::string written(const WallTime& time) {
  std::string day = std::format("{:04}-{:02}-{:02}", time.year, time.month, time.day);
  if (time.precision <= Precision::day) return day;
  return day + std::format("T{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
}

class CorpusTest : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    if (!fs::exists(corpus_folder() / "expectations.tsv")) {
      GTEST_SKIP() << "no corpus at " << corpus_folder() << "; MEMORYVERSE_SHARED tells where it is";
    }
    folder_ = fs::temp_directory_path() / std::format("mv-corpus-{}-{}", GetParam(), ::getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  fs::path folder_;
};

TEST_P(CorpusTest, EndsWithAnAnswerThatAgreesWithIndependentTools) {
  const fs::path corpus = corpus_folder();
  const auto rows = expectations(corpus);
  auto opened = MediaDecoder::open({.program = MEDIA_PROGRAM, .processes = 2});
  ASSERT_TRUE(opened) << opened.error().cause;
  MediaDecoder& decoder = **opened;

  int files = 0;
  int pictures = 0;
  std::set<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(corpus / GetParam())) {
    if (entry.is_regular_file()) paths.insert(fs::relative(entry.path(), corpus).string());
  }
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    ++files;
    DecodeRequest request = {
        .original = corpus / path, .file_name = path, .output_folder = folder_, .step = DecodeStep::quick};
    const auto quick = decoder.decode(request);
    ASSERT_TRUE(quick) << quick.error().key << ": " << quick.error().cause;
    EXPECT_NE(quick->reason, "media.crashed") << quick->cause;
    EXPECT_NE(quick->reason, "media.timeout");
    if (quick->kind != MediaKind::photo) continue;
    if (!quick->complete) {
      request.step = DecodeStep::full;
      const auto full = decoder.decode(request);
      ASSERT_TRUE(full) << full.error().key;
      EXPECT_EQ(full->reason, quick->reason) << full->cause;
    }
    pictures += quick->derivatives.empty() ? 0 : 1;
    if (GetParam() == "photos") {
      EXPECT_EQ(quick->reason, "") << quick->cause;
    }

    const auto found = rows.find(path);
    if (found == rows.end()) continue;
    const Row& row = found->second;
    if (quick->width && !kDisagreements.contains(path)) {
      EXPECT_EQ(std::to_string(*quick->width), row["display_width"]);
      EXPECT_EQ(std::to_string(quick->height.value_or(0)), row["display_height"]);
    }
    // Dates that the table itself calls weak or optional may be absent.
    const std::string source = row["taken_at_source"];
    const bool optional = source.find("weak") != std::string::npos || source.find("optional") != std::string::npos;
    const std::string date = quick->metadata.captured ? written(quick->metadata.captured->local) : "";
    if (!kDisagreements.contains(path) && !(optional && date.empty())) {
      EXPECT_EQ(date, row["taken_at"]);
    }
  }
  RecordProperty("files", files);
  RecordProperty("pictures", pictures);
  EXPECT_GT(files, 0);
}

INSTANTIATE_TEST_SUITE_P(Folders, CorpusTest, testing::Values("photos", "heic-raw", "hostile"),
                         [](const auto& folder) { return folder.param == "heic-raw" ? "heic_raw" : folder.param; });

} // namespace
} // namespace mv::media
