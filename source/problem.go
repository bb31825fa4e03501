package source

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"bantin"
	"bantin/source/document"
)

// Problem says why an item gives no bulletin, in both languages.
type Problem = document.Problem

// withHint gives an error of an item its next step, where it names none.
func withHint(err error, hint bantin.Words) error {
	var p *Problem
	if !errors.As(err, &p) {
		return &Problem{Words: words("không đọc được", "it cannot be read"), Hint: hint, Err: err}
	}
	if p.Hint != (bantin.Words{}) {
		return err
	}
	hinted := *p
	hinted.Hint = hint
	return &hinted
}

// missing are the warnings of a draft that say that something of it was not read.
func missing(d *document.Draft, hint bantin.Words) *Problem {
	notes := d.Missing()
	if len(notes) == 0 {
		return nil
	}
	var vi, en []string
	for _, n := range notes {
		vi, en = append(vi, n.In(bantin.Vietnamese)), append(en, n.In(bantin.English))
	}
	return &Problem{Words: words(strings.Join(vi, "; "), strings.Join(en, "; ")), Hint: hint}
}

// The next steps, by where an item is.

func fileHint() bantin.Words {
	return words("mở tệp, sửa rồi lưu lại vào thư mục", "open the file, mend it and save it in the folder again")
}

func readableHint() bantin.Words {
	return words("cho tài khoản chạy bantin quyền đọc tệp", "let the user that runs bantin read the file")
}

func partOfFileHint() bantin.Words {
	return words("xem tin trên trang web; nếu thiếu, sửa tệp rồi lưu lại", "look at the bulletin on the web; if something is missing, mend the file and save it again")
}

func mailHint() bantin.Words {
	return words("nhờ người gửi gửi lại, hoặc lưu nội dung thành tệp trong thư mục tin", "ask the sender to send it again, or save its text as a file of the folder of bulletins")
}

func siteHint() bantin.Words {
	return words("mở bài trên trang gốc xem có đọc được không; bantin tự thử lại", "open it on the site and see whether it can be read; bantin tries again by itself")
}

// unreadKind says of a file of a folder which gives no bulletin why that is.
func unreadKind(name string) *Problem {
	switch ext := strings.ToLower(path.Ext(name)); {
	case isPicture(name):
		return &Problem{Words: words("ảnh không có tin nào dùng", "a picture that no bulletin shows"),
			Hint: words("đặt ảnh vào một tin (trong Word: Chèn ảnh; trong .md: ![chú thích](tên-ảnh)); ảnh chụp văn bản thì gõ lại thành .docx",
				"put it into a bulletin (in Word: Insert picture; in .md: ![caption](file name)); type a photographed document as .docx")}
	case ext == ".heic", ext == ".heif", ext == ".tif", ext == ".tiff", ext == ".bmp":
		return &Problem{Words: words("ảnh loại "+ext+" không đọc được", "pictures of type "+ext+" are not read"),
			Hint: words("lưu lại thành .jpg rồi đặt vào một tin", "save it as .jpg and put it into a bulletin")}
	case document.IsAttachable(name):
		return &Problem{Words: words("bảng tính không có tin cùng tên", "a sheet without a bulletin of the same name"),
			Hint: words("đặt cùng tên với một tin (ke-hoach.docx và ke-hoach"+ext+") để đính kèm; danh sách người nhận thì nhập bằng `bantin contacts import`",
				"name it like a bulletin (ke-hoach.docx and ke-hoach"+ext+") to attach it; import a list of contacts with `bantin contacts import`")}
	case ext == ".zip", ext == ".rar", ext == ".7z", ext == ".gz", ext == ".tar":
		return &Problem{Words: words("tệp nén không được mở", "archives are not opened"),
			Hint: words("giải nén rồi để các tệp bên trong vào thư mục", "unpack it and put the files of it into the folder")}
	case isUnsupported(name):
		return &Problem{Words: words(fmt.Sprintf("chưa đọc được tệp loại %s", ext), fmt.Sprintf("files of type %s are not supported", ext)),
			Hint: words("hãy lưu thành .docx, .md, .html hoặc .txt", "save it as .docx, .md, .html or .txt")}
	case ext == "":
		return &Problem{Words: words("tên tệp không có phần loại (như .docx)", "the file name has no type (such as .docx)"),
			Hint: words("nếu là tin, thêm đúng phần loại vào tên; nếu không, chuyển tệp ra khỏi thư mục này", "if it is a bulletin, add the type to its name; if not, move it out of this folder")}
	default:
		return &Problem{Words: words(fmt.Sprintf("tệp loại %s không phải là tin", ext), fmt.Sprintf("files of type %s are no bulletins", ext)),
			Hint: words("nếu là tin, lưu thành .docx, .md, .html hoặc .txt; nếu không, chuyển tệp ra khỏi thư mục này", "if it is a bulletin, save it as .docx, .md, .html or .txt; if not, move it out of this folder")}
	}
}

// isPicture reports whether the file is a picture that a bulletin can show.
func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp":
		return true
	}
	return false
}

// isUnsupported reports whether the file is of a kind that offices write bulletins in and
// that cannot be read.
func isUnsupported(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".msg", ".pages", ".wps", ".xps", ".odg", ".pub", ".mht", ".mhtml", ".dot", ".dotx", ".gdoc":
		return true
	}
	return false
}
