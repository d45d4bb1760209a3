/* glibc's _dl_find_object, which Debian's libgcc_eh.a calls to unwind, on top of musl's dl_iterate_phdr. */
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>

/* struct dl_find_object of glibc's <dlfcn.h>, x86-64 */
struct found {
	unsigned long long flags;
	void *start, *end;
	struct link_map *map;
	void *eh_frame;
	unsigned long long reserved[7];
};

struct query {
	unsigned long address;
	struct found *found;
};

static int look(struct dl_phdr_info *object, size_t size, void *data)
{
	struct query *query = data;
	unsigned long low = -1UL, high = 0;
	void *eh_frame = 0;
	int inside = 0;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &object->dlpi_phdr[i];
		unsigned long start = object->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
		if (header->p_type == PT_GNU_EH_FRAME) eh_frame = (void *)start;
		if (header->p_type != PT_LOAD) continue;
		if (start < low) low = start;
		if (end > high) high = end;
		if (query->address >= start && query->address < end) inside = 1;
	}
	if (!inside || !eh_frame) return 0;
	*query->found = (struct found){ 0, (void *)low, (void *)high, 0, eh_frame, { 0 } };
	return 1;
}

int _dl_find_object(void *address, struct found *found)
{
	struct query query = { (unsigned long)address, found };
	return dl_iterate_phdr(look, &query) ? 0 : -1;
}
