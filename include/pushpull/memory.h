/* The one allocation hook, and the arena.
 *
 * All of the library's own memory goes through the hook, so that tests can make the nth
 * allocation fail. Sizes are (count, size) pairs and are checked for overflow.
 */
#ifndef PUSHPULL_MEMORY_H
#define PUSHPULL_MEMORY_H

#include <pushpull/status.h>
#include <stddef.h>

/* Replaces malloc/realloc/free for the whole process; NULL restores them. Set it before any
   other call and never while another thread is inside the library. */
typedef struct pp_allocator {
    void *(*allocate)(void *payload, size_t bytes);
    void *(*resize)(void *payload, void *old, size_t bytes);
    void (*release)(void *payload, void *old);
    void *payload;
} pp_allocator;
PP_API void pp_set_allocator(const pp_allocator *allocator);

/* NULL on overflow, on a negative count and when memory is out. pp_calloc gives zeroed memory;
   pp_realloc keeps the old block when it fails. Zero elements give a unique non-NULL block. */
PP_API void *pp_malloc(int64_t count, size_t size);
PP_API void *pp_calloc(int64_t count, size_t size);
PP_API void *pp_realloc(void *old, int64_t count, size_t size);
PP_API void pp_free(void *block);
PP_API char *pp_strdup(const char *text);

/* An arena: many small blocks that are freed together. Blocks are aligned to 16 bytes. */
typedef struct pp_arena {
    struct pp_arena_block *head;
} pp_arena;

typedef struct pp_arena_mark {
    struct pp_arena_block *block;
    size_t used;
} pp_arena_mark;

PP_API void pp_arena_init(pp_arena *arena);
PP_API void pp_arena_clear(pp_arena *arena); /* frees all; the arena may be used again */
PP_API void *pp_arena_alloc(pp_arena *arena, int64_t count, size_t size);
PP_API void *pp_arena_zalloc(pp_arena *arena, int64_t count, size_t size);
PP_API char *pp_arena_strdup(pp_arena *arena, const char *text);
PP_API char *pp_arena_strndup(pp_arena *arena, const char *text, int64_t length);
PP_API char *pp_arena_printf(pp_arena *arena, const char *format, ...) PP_PRINTF(2, 3);
PP_API pp_arena_mark pp_arena_get_mark(const pp_arena *arena);
PP_API void pp_arena_release(pp_arena *arena,
                             pp_arena_mark mark); /* frees what came after */

#endif
