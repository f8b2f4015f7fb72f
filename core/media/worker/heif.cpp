#include "core/media/worker/heif.hpp"

#include <libheif/heif.h>
#include <libheif/heif_properties.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace mv::media {
namespace {

using Context = std::unique_ptr<heif_context, decltype(&heif_context_free)>;
using Handle = std::unique_ptr<heif_image_handle, decltype(&heif_image_handle_release)>;

/// Empty when these bytes are no HEIF file.
Context open_context(std::span<const std::byte> file) {
  Context context(heif_context_alloc(), &heif_context_free);
  const heif_error error = heif_context_read_from_memory_without_copy(context.get(), file.data(), file.size(), nullptr);
  if (error.code != heif_error_Ok) context.reset();
  return context;
}

} // namespace

bool container_turns(std::span<const std::byte> file) {
  const Context context = open_context(file);
  heif_item_id primary = 0;
  if (!context || heif_context_get_primary_image_ID(context.get(), &primary).code != heif_error_Ok) return true;
  std::array<heif_property_id, 16> properties{};
  const int count = heif_item_get_transformation_properties(context.get(), primary, properties.data(),
                                                            static_cast<int>(properties.size()));
  for (int i = 0; i < count && i < static_cast<int>(properties.size()); ++i) {
    const auto type = heif_item_get_property_type(context.get(), primary, properties[static_cast<std::size_t>(i)]);
    if (type == heif_item_property_type_transform_mirror || type == heif_item_property_type_transform_rotation)
      return true;
  }
  return false;
}

std::vector<unsigned char> heif_exif(std::span<const std::byte> file) {
  const Context context = open_context(file);
  heif_image_handle* taken = nullptr;
  if (!context || heif_context_get_primary_image_handle(context.get(), &taken).code != heif_error_Ok) return {};
  const Handle handle(taken, &heif_image_handle_release);
  heif_item_id block = 0;
  if (heif_image_handle_get_list_of_metadata_block_IDs(handle.get(), "Exif", &block, 1) != 1) return {};
  constexpr std::size_t kLargest = 16U << 20;
  const std::size_t size = heif_image_handle_get_metadata_size(handle.get(), block);
  if (size < 4 || size > kLargest) return {};
  std::vector<unsigned char> bytes(size);
  if (heif_image_handle_get_metadata(handle.get(), block, bytes.data()).code != heif_error_Ok) return {};
  // Four bytes tell how far behind them the TIFF header is (ISO/IEC 23008-12, A.2.1).
  std::size_t start = 0;
  for (std::size_t i = 0; i < 4; ++i)
    start = (start << 8) | bytes[i];
  if (start > size - 4) return {};
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(4 + start));
  return bytes;
}

} // namespace mv::media
