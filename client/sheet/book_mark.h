/* The mark by which a workbook that fupin made is recognised. */
#ifndef FUPIN_CLIENT_BOOK_MARK_H
#define FUPIN_CLIENT_BOOK_MARK_H

/* The hidden sheet, and what stands in its first cells: "fupin-sheet" "1" / "office" "220822" / … */
#define SHEET_BOOK_NAME "fupin"
#define SHEET_BOOK_MARK "fupin-sheet"

#endif
