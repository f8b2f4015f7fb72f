#include "core/uploads/processing.hpp"

#include <filesystem>

#include "core/base/ids.hpp"
#include "core/base/trace.hpp"
#include "core/dates/fuzzy_date.hpp"
#include "core/events/outbox.hpp"
#include "core/memories/history.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/rules.hpp"
#include "core/memories/sql.hpp"
#include "core/memories/stored_json.hpp"

namespace mv::uploads {

namespace {

/// A folder for one job's output, gone with it.
class OutputFolder {
public:
  explicit OutputFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
  }
  ~OutputFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

CameraFacts facts_of(const media::CameraInfo& camera) {
  return {.make = unless_empty(camera.make),
          .model = unless_empty(camera.model),
          .lens = unless_empty(camera.lens),
          .aperture = camera.aperture,
          .exposure = unless_empty(camera.exposure),
          .iso = camera.iso,
          .focal_length_mm = camera.focal_length_mm};
}

/// EDTF of a camera's time, as precise as the file is.
std::string edtf_of(const media::CapturedAt& captured) {
  const media::WallTime& time = captured.local;
  const auto whole = dates::from_wall_time(time.year, time.month, time.day, time.hour, time.minute, time.second,
                                           captured.offset_minutes);
  if (!whole) return {};
  switch (time.precision) {
    case media::Precision::year:
      return whole->edtf.substr(0, 4);
    case media::Precision::month:
      return whole->edtf.substr(0, 7);
    case media::Precision::day:
      return whole->edtf.substr(0, 10);
    case media::Precision::minute:
    case media::Precision::second:
      return whole->edtf;
  }
  return {};
}

} // namespace

void apply_metadata(memories::MemoryRecord& memory, const media::Metadata& metadata, bool untouched) {
  if (metadata.panorama && memory.type == "photo") memory.type = "panorama";
  if (metadata.captured && memory.date.source != "person" && untouched) {
    auto date =
        memories::date_record(edtf_of(*metadata.captured), metadata.captured->weak ? "likely" : "certain", "metadata");
    if (date && !date->edtf.empty()) memory.set_date(*std::move(date));
  }
  if (!untouched) return;
  // A file's words pass the same rules as a person's; what breaks one is left out.
  std::vector<FieldError> ignored;
  if (memory.title.empty()) memories::set_title(memory, metadata.title, ignored);
  if (memory.description.empty()) memories::set_description(memory, metadata.description, ignored);
  if (memory.tags.empty()) memories::set_tags(memory, metadata.keywords, ignored);
  if (metadata.place && !memory.latitude) {
    memories::set_place(memory, {memory.place_name, metadata.place->latitude, metadata.place->longitude}, ignored);
  }
}

Result<void> MediaProcessing::run(const std::string& media_id, media::DecodeStep step) {
  TRY(const auto found, db_.read([&](Transaction& tx) { return memories::MemoryRepository(tx).find_media(media_id); }));
  if (!found) return {};
  const auto& medium = *found;
  BlobStore& blobs = contents_.blobs();
  const OutputFolder output(blobs.scratch() / ("previews-" + new_id()));
  auto original = blobs.local_path(original_key(medium.sha256));
  if (!original) {
    // The store has no files: a copy for the decoder, which goes with the folder. What the decoder would refuse for its
    // size is not fetched at all.
    if (medium.bytes > decoder_.max_file_bytes()) {
      media::Decoded refused;
      refused.reason = "media.too-big";
      refused.mime_type = medium.mime_type;
      return apply(media_id, step, refused);
    }
    original = output.path() / "original";
    TRY_OK(blobs.fetch(original_key(medium.sha256), *original));
  }
  Span span("decode", SpanKind::internal);
  TRY(const media::Decoded decoded,
      decoder_.decode(
          {.original = *original, .file_name = medium.file_name, .output_folder = output.path(), .step = step}));
  span.set("media.type", decoded.mime_type);
  span.set("media.bytes", medium.bytes);
  if (!decoded.reason.empty()) span.fail();
  span.end();
  for (const auto& derivative : decoded.derivatives) {
    TRY_OK(contents_.blobs().adopt(derivative.path, preview_key(medium.sha256, derivative.size)));
  }
  TRY_OK(apply(media_id, step, decoded));
  // The medium may have been purged while its previews were made: then they must not stay.
  TRY(const auto still, db_.read([&](Transaction& tx) { return memories::MemoryRepository(tx).find_media(media_id); }));
  return still ? Result<void>{} : contents_.remove_unused(medium.sha256);
}

Result<void> MediaProcessing::apply(const std::string& media_id, media::DecodeStep step,
                                    const media::Decoded& decoded) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    memories::MemoryRepository rows(tx);
    TRY(const auto found, rows.find_media(media_id));
    if (!found) return {};
    TRY(auto memory, rows.find(found->memory_id, ""));
    if (!memory) return {};

    for (auto& medium : memory->media) {
      if (medium.id != media_id) continue;
      const bool done = step == media::DecodeStep::full || decoded.complete;
      medium.state = !decoded.reason.empty() ? "failed" : done ? "ready" : "pending";
      medium.reason = unless_empty(decoded.reason);
      if (step == media::DecodeStep::quick) {
        medium.mime_type = decoded.mime_type;
        if (decoded.width) medium.width = *decoded.width;
        if (decoded.height) medium.height = *decoded.height;
        if (!decoded.thumbhash.empty()) medium.thumbhash = decoded.thumbhash;
        medium.metadata = memories::write_camera(facts_of(decoded.metadata.camera));
      }
      TRY_OK(rows.update_media(medium));

      const memories::MemoryRecord before = *memory;
      if (step == media::DecodeStep::quick) {
        apply_metadata(*memory, decoded.metadata, memory->version == 1);
        // The version counts what people change; what a file says of itself is no reason to refuse somebody's edit.
        TRY_OK(rows.update(*memory));
        TRY(const auto favourers, rows.favourers(memory->id));
        TRY_OK(memories::keep_listed(tx, &before, &*memory, favourers));
        if (medium.state == "pending") {
          TRY_OK(jobs_.add(tx, {.kind = "media.full", .payload = media_id, .priority = 10, .key = media_id}));
        }
      }
      if (!memory->trashed_at) {
        TRY_OK(memories::announce(tx, "memory.updated", *memory, before.bucket(), medium.state, now));
      }
      TRY_OK(tell_progress(tx, *memory));
    }
    return {};
  });
}

Result<void> MediaProcessing::tell_progress(Transaction& tx, const memories::MemoryRecord& memory) {
  TRY(const Rows rows, tx.run(sql::count_pending_media, memory.scope()));
  const std::int64_t pending = rows.front().integer(0);
  // Enough to move a bar: each of the last ones, and some on the way.
  if (pending > 10 && pending % 25 != 0) return {};
  events::Event event;
  event.type = "job.progress";
  event.space_id = memory.space_id;
  if (memory.privacy == "private") event.user_id = memory.contributor_id;
  event.at = clock_.now();
  event.data = memories::write_event(JobProgressData{.space_id = memory.space_id, .pending = pending});
  TRY_OK(events::Outbox(tx).add(event));
  return {};
}

Result<void> MediaProcessing::give_up(const Job& job) {
  media::Decoded nothing;
  nothing.reason = "media.could-not-try";
  return apply(job.payload, media::DecodeStep::full, nothing);
}

} // namespace mv::uploads
