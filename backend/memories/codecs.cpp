#include "backend/http/json_codec.hpp"
#include "core/contracts/memories.hpp"
#include "core/contracts/timeline.hpp"

// `private` and `public` are words of C++, so that the names of these values differ from their enumerators.
template <>
struct mv::http::EnumWord<mv::Privacy> {
  static constexpr std::string_view of(std::string_view enumerator) {
    if (enumerator == "only_me") return "private";
    return enumerator == "everyone" ? "public" : enumerator;
  }
};

MV_JSON_CODEC(mv::Memory)
MV_JSON_CODEC(mv::Page<mv::Memory>)
MV_JSON_CODEC(mv::MemoryDraft)
MV_JSON_CODEC(mv::MemoryPatch)
MV_JSON_CODEC(mv::Page<mv::Revision>)
MV_JSON_CODEC(mv::MemoryIds)
MV_JSON_CODEC(mv::BatchOutcome)
MV_JSON_CODEC(mv::Items<mv::TagCount>)
MV_JSON_CODEC(mv::Buckets)
MV_JSON_CODEC(mv::BucketColumns)
MV_JSON_CODEC(mv::Uploaded)
MV_JSON_CODEC(mv::DuplicateCheck)
MV_JSON_CODEC(mv::Items<mv::KnownFile>)
MV_QUERY_CODEC(mv::MemoryQuery)
MV_QUERY_CODEC(mv::PageQuery)
MV_QUERY_CODEC(mv::TrashQuery)
MV_QUERY_CODEC(mv::TimelineQuery)
MV_QUERY_CODEC(mv::TimelineBucketQuery)
