package config

import (
	"reflect"

	"bantin"
)

// Hold is the key smtp.hold.
type Hold struct {
	// The share of an edition's outcomes above which refusals hold it.
	//
	// Vi: Tỷ lệ bị từ chối trong số thư đã có kết quả; quá mức này thì giữ kỳ lại.
	Share Percent `yaml:"share" default:"10%" example:"10%"`

	// How many recipients must be refused before an edition is held; as many refusals
	// with nothing accepted before them hold it too.
	//
	// Vi: Ít nhất bao nhiêu người bị từ chối thì mới giữ; bấy nhiêu lần từ chối ngay từ đầu mà chưa thư nào được nhận thì cũng giữ.
	Least int `yaml:"least" default:"20" min:"3" max:"100000"`
}

// HoldLimits returns smtp.hold. Without the key smtp they are the defaults.
func (s *SMTP) HoldLimits() bantin.HoldLimits {
	var h Hold
	setDefaults(reflect.ValueOf(&h).Elem())
	if s != nil {
		h = s.Hold
	}
	return bantin.HoldLimits{Share: h.Share.Fraction(), Least: h.Least}
}
